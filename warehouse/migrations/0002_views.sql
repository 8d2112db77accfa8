-- Words that the views and leaderboards share, and one view per claim family.

CREATE MACRO folded(name) AS trim(regexp_replace(lower(name), '[^\p{L}\p{N}+.&]+', ' ', 'g'));

-- Whether one of the names is the wanted one (any where none is wanted).
CREATE MACRO has_name(names, wanted) AS
    wanted IS NULL OR list_contains(list_transform(names, lambda name: folded(name)), folded(wanted));

-- Whether the wanted words stand in one of the names: "A100" in "NVIDIA A100" (any where none is wanted).
CREATE MACRO has_words(names, wanted) AS
    wanted IS NULL
    OR len(list_filter(names, lambda name: contains(' ' || folded(name) || ' ', ' ' || folded(wanted) || ' '))) > 0;

CREATE MACRO readable(number) AS
    CASE
        WHEN abs(number) >= 1e12 THEN regexp_replace(round(number / 1e12, 2)::VARCHAR, '\.0$', '') || 'T'
        WHEN abs(number) >= 1e9 THEN regexp_replace(round(number / 1e9, 2)::VARCHAR, '\.0$', '') || 'B'
        WHEN abs(number) >= 1e6 THEN regexp_replace(round(number / 1e6, 2)::VARCHAR, '\.0$', '') || 'M'
        ELSE regexp_replace(number::VARCHAR, '\.0$', '')
    END;

CREATE MACRO qualifying(qualifier) AS
    CASE qualifier
        WHEN 'up_to' THEN 'up to '
        WHEN 'at_least' THEN 'at least '
        WHEN 'at_most' THEN 'at most '
        WHEN 'about' THEN 'about '
        ELSE ''
    END;

CREATE MACRO with_unit(number, unit) AS
    readable(number)
    || CASE WHEN unit = 'x' THEN '×' WHEN unit IN ('%', '') THEN unit WHEN unit = 'params' THEN '' ELSE ' ' || unit END;

-- The number as a reader wants to see it: "up to 2.3×", "20 to 35%", "30B".
CREATE MACRO stated(qualifier, value, value_max, unit) AS
    qualifying(qualifier)
    || CASE WHEN value_max IS NULL THEN '' ELSE readable(value) || ' to ' END
    || with_unit(coalesce(value_max, value), unit);

CREATE MACRO listed(names) AS CASE WHEN len(names) = 0 THEN NULL ELSE array_to_string(names, ', ') END;

CREATE VIEW claims_in_papers AS
SELECT claims.*, papers.title, papers.url, papers.published, papers.arxiv_id
FROM claims
JOIN papers ON papers.paper_id = claims.paper_id;
COMMENT ON VIEW claims_in_papers IS 'Every claim with title, address and date of its paper';

CREATE VIEW speedups AS
SELECT
    subject, factor, stated(qualifier, value, value_max, unit) AS claim, value, value_max, unit,
    qualifier, direction, metric, metric_id, baseline, benchmark_ids, hardware, hardware_ids, own, good, relative,
    sentence, field, span, span_start, span_end, confidence, title, url, published, paper_id, claim_id
FROM claims_in_papers
WHERE type = 'speedup';
COMMENT ON VIEW speedups IS 'Relative changes in speed, time, latency and throughput';

CREATE VIEW efficiency AS
SELECT
    subject, factor, stated(qualifier, value, value_max, unit) AS claim, value, value_max, unit,
    qualifier, direction, metric, metric_id, baseline, benchmark_ids, hardware, hardware_ids, own, good, relative,
    sentence, field, span, span_start, span_end, confidence, title, url, published, paper_id, claim_id
FROM claims_in_papers
WHERE type = 'efficiency';
COMMENT ON VIEW efficiency IS 'Relative changes in memory, energy, compute, parameters, data and other cost';

CREATE VIEW scores AS
SELECT
    subject, stated(qualifier, value, value_max, unit) AS claim, value, value_max, baseline_value, unit,
    qualifier, metric, metric_id, metric_better, baseline, benchmark, benchmark_ids, own,
    sentence, field, span, span_start, span_end, confidence, title, url, published, paper_id, claim_id
FROM claims_in_papers
WHERE type = 'score';
COMMENT ON VIEW scores IS 'Absolute results in quality metrics';

CREATE VIEW improvements AS
SELECT
    subject, stated(qualifier, value, value_max, unit) AS claim, value, value_max, unit,
    qualifier, direction, metric, metric_id, metric_better, baseline, benchmark, benchmark_ids, own,
    sentence, field, span, span_start, span_end, confidence, title, url, published, paper_id, claim_id
FROM claims_in_papers
WHERE type = 'improvement';
COMMENT ON VIEW improvements IS 'Differences and relative changes in quality metrics';

CREATE VIEW measurements AS
SELECT
    subject, stated(qualifier, value, value_max, unit) AS claim, value, value_max, baseline_value, unit, base_value,
    base_unit, factor, qualifier, metric, metric_id, metric_better, baseline, benchmark_ids, hardware, hardware_ids, own,
    sentence, field, span, span_start, span_end, confidence, title, url, published, paper_id, claim_id
FROM claims_in_papers
WHERE type = 'measurement';
COMMENT ON VIEW measurements IS 'Absolute speeds and costs';

CREATE VIEW model_sizes AS
SELECT
    subject, stated(qualifier, value, value_max, unit) AS claim, value AS parameters, value_max AS parameters_max,
    qualifier, own, sentence, field, span, span_start, span_end, confidence, title, url, published, paper_id, claim_id
FROM claims_in_papers
WHERE type = 'model_size';
COMMENT ON VIEW model_sizes IS 'Parameter counts of models';
COMMENT ON COLUMN model_sizes.parameters IS 'Number of parameters; the lower end of a range';
COMMENT ON COLUMN model_sizes.parameters_max IS 'Upper end of a range';

CREATE VIEW dataset_sizes AS
SELECT
    subject, stated(qualifier, value, value_max, unit) AS claim, value AS items, value_max AS items_max, unit,
    qualifier, own, sentence, field, span, span_start, span_end, confidence, title, url, published, paper_id, claim_id
FROM claims_in_papers
WHERE type = 'dataset_size';
COMMENT ON VIEW dataset_sizes IS 'How many items data sets, benchmarks and training corpora have';
COMMENT ON COLUMN dataset_sizes.items IS 'Number of items, counted in unit; the lower end of a range';
COMMENT ON COLUMN dataset_sizes.items_max IS 'Upper end of a range';

CREATE VIEW repositories AS
SELECT
    CASE WHEN links.released THEN 'released' ELSE 'promised' END AS status, links.repo, links.url AS code_url,
    papers.title, papers.url, papers.published, links.span, links.origin, papers.paper_id, links.link_id
FROM links
JOIN papers ON papers.paper_id = links.paper_id
WHERE links.role = 'code' OR links.repo IS NOT NULL
UNION ALL BY NAME
SELECT code AS status, title, url, published, paper_id
FROM papers
WHERE
    code <> 'none'
    AND paper_id NOT IN (SELECT paper_id FROM links WHERE role = 'code' OR repo IS NOT NULL);
COMMENT ON VIEW repositories IS 'Code of papers: released or promised, with its address where one is given';
COMMENT ON COLUMN repositories.status IS 'released or promised';
COMMENT ON COLUMN repositories.code_url IS 'Address of the code; null where the text gives none';

COMMENT ON COLUMN speedups.claim IS 'The number as one reads it: "up to 2.3×"';
COMMENT ON COLUMN efficiency.claim IS 'The number as one reads it: "up to 2.3×"';
COMMENT ON COLUMN scores.claim IS 'The number as one reads it';
COMMENT ON COLUMN improvements.claim IS 'The number as one reads it';
COMMENT ON COLUMN measurements.claim IS 'The number as one reads it';
COMMENT ON COLUMN model_sizes.claim IS 'The number as one reads it: "about 30B"';
COMMENT ON COLUMN dataset_sizes.claim IS 'The number as one reads it, with what is counted';
