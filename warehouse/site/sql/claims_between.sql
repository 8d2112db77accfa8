SELECT
    *, stated(qualifier, value, value_max, unit) AS claim,
    CASE WHEN baseline_value IS NOT NULL THEN with_unit(baseline_value, unit) END AS baseline_claim
FROM claims
WHERE paper_id > $after AND paper_id <= $last
ORDER BY paper_id, field DESC, span_start, span_end, claim_id
