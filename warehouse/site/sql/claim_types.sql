SELECT type, count(*) AS claim_count
FROM claims
GROUP BY type
ORDER BY claim_count DESC, type
