-- Leaderboards as table macros: FROM beats(over_baseline := 'vLLM'), FROM best_scores(on_benchmark := 'ImageNet').
-- Own results only, "up to" shown, and claims that are more likely right than not, unless all_results, no_up_to and
-- min_confidence say otherwise. Rows that tie share a rank. Every row ends with the sentence, its place in the paper, and
-- the ids, so that it can be traced. (This replaces the views and macros of schema 3.)

CREATE TABLE metric_ranges (metric VARCHAR, low DOUBLE, high DOUBLE);
COMMENT ON TABLE metric_ranges IS 'Metrics with two ends, in percent: 0.92 of one is 92';
COMMENT ON COLUMN metric_ranges.metric IS 'Canonical name of the metric';
COMMENT ON COLUMN metric_ranges.low IS 'The least value that there is, in percent';
COMMENT ON COLUMN metric_ranges.high IS 'The greatest value that there is, in percent';

CREATE TABLE unit_measures (unit VARCHAR, measure VARCHAR);
COMMENT ON TABLE unit_measures IS 'What a measurement measures that names no metric, by its base unit';
COMMENT ON COLUMN unit_measures.unit IS 'Base unit';
COMMENT ON COLUMN unit_measures.measure IS 'The quantity: time, frame rate …';

CREATE TABLE usual_metrics (benchmark VARCHAR, metric VARCHAR, better VARCHAR, also VARCHAR[], unstated BOOLEAN);
COMMENT ON TABLE usual_metrics IS 'The metric that a benchmark is usually reported in';
COMMENT ON COLUMN usual_metrics.benchmark IS 'Canonical name of the benchmark';
COMMENT ON COLUMN usual_metrics.metric IS 'Canonical name of its metric';
COMMENT ON COLUMN usual_metrics.better IS 'Which way is better: higher or lower';
COMMENT ON COLUMN usual_metrics.also IS 'Other metrics that mean the same there';
COMMENT ON COLUMN usual_metrics.unstated IS 'Whether scores without a metric are of this one';

-- The number as a reader wants to see it: 7B, 0.000039, a third as 33.3.
CREATE OR REPLACE MACRO readable(number) AS
    CASE
        WHEN abs(number) >= 1e15 THEN format('{:.3g}', number)
        WHEN abs(number) >= 1e12 THEN regexp_replace(round(number / 1e12, 2)::VARCHAR, '\.0$', '') || 'T'
        WHEN abs(number) >= 1e9 THEN regexp_replace(round(number / 1e9, 2)::VARCHAR, '\.0$', '') || 'B'
        WHEN abs(number) >= 1e6 THEN regexp_replace(round(number / 1e6, 2)::VARCHAR, '\.0$', '') || 'M'
        WHEN length(number::VARCHAR) > 12 THEN format('{:.3g}', number)
        ELSE regexp_replace(regexp_replace(format('{:.12f}', number), '0+$', ''), '\.$', '')
    END;

-- Claims that cannot be right as read, or that compare with nothing: no leaderboard ranks them, and this view says why.
CREATE VIEW set_aside AS
WITH judged AS (
    SELECT
        claims_in_papers.*,
        CASE
            WHEN unit IN ('%', 'points') AND regexp_matches(span, '\d\s*[KMBTkmbt]$') THEN
                'a size such as 7B, read as percent or points'
            WHEN unit = '%' AND value BETWEEN 1900 AND 2100 AND value = floor(value) AND regexp_matches(span, '^\d{4}$') THEN
                'a year, read as percent'
            WHEN unit = '%' AND direction = 'lower' AND relative IS DISTINCT FROM 'to' AND value > 100 THEN
                'nothing falls by more than 100%'
            WHEN type IN ('speedup', 'efficiency') AND unit = 'x' AND baseline_value IS NOT NULL THEN
                'a pair of numbers, read as a ratio'
            WHEN type = 'score' AND unit IN ('%', '') AND (value < low OR coalesce(value_max, value) > high) THEN
                format('{} lies between {:.0f} and {:.0f}', metric_id, low, high)
            WHEN type = 'score' AND unit = '%' AND metric_id IS NULL AND (value < 0 OR coalesce(value_max, value) > 100) THEN
                'a share lies between 0 and 100%'
            WHEN type = 'improvement' AND unit = 'points' AND value > 100 AND (low IS NOT NULL OR metric_id IS NULL) THEN
                'a gain of more than 100 points'
            WHEN type = 'measurement' AND unit = '%' AND low IS NULL THEN
                'a share of a whole, which compares with no other paper''s'
        END AS reason
    FROM claims_in_papers
    LEFT JOIN metric_ranges ON metric_ranges.metric = claims_in_papers.metric_id
)
SELECT
    reason, type, subject, stated(qualifier, value, value_max, unit) AS claim, value, unit, coalesce(metric_id, metric) AS metric,
    own, sentence, field, span, span_start, span_end, confidence, title, url, published, paper_id, claim_id
FROM judged
WHERE reason IS NOT NULL;
COMMENT ON VIEW set_aside IS 'Claims that no leaderboard ranks, because they cannot be right as read or compare with nothing';
COMMENT ON COLUMN set_aside.reason IS 'Why it is left out';
COMMENT ON COLUMN set_aside.claim IS 'The number as one reads it';

CREATE MACRO left_out(
    in_metric := NULL, since_date := NULL, all_results := false, min_confidence := 0.5
) AS TABLE
SELECT
    reason, count(*) OVER (PARTITION BY reason) AS claim_count, type, coalesce(subject, 'unnamed in: ' || title) AS subject,
    claim, value, metric, title, url, published, own, sentence, field, span, span_start, span_end, confidence, paper_id, claim_id
FROM set_aside
WHERE
    (all_results OR own)
    AND has_words([metric], in_metric)
    AND (since_date IS NULL OR published >= since_date)
    AND confidence >= min_confidence
ORDER BY claim_count, reason, type, value DESC, claim_id;
COMMENT ON MACRO TABLE left_out IS 'Claims that no leaderboard ranks, with the reason';

-- Entities are kept as worded; what claims tell of a spelling's canonical name holds for them too.
CREATE VIEW benchmark_spellings AS
WITH spelled AS (
    SELECT unnest(benchmark) AS spelling, unnest(benchmark_ids) AS name FROM claims WHERE len(benchmark) = len(benchmark_ids)
), counted AS (
    SELECT folded(spelling) AS spelling_key, name, count(*) AS claim_count FROM spelled GROUP BY ALL
)
SELECT spelling_key, arg_max(name, (claim_count, name)) AS name FROM counted GROUP BY ALL;
COMMENT ON VIEW benchmark_spellings IS 'The canonical name of each spelling of a benchmark in claims';
COMMENT ON COLUMN benchmark_spellings.spelling_key IS 'The spelling in lower case without punctuation';
COMMENT ON COLUMN benchmark_spellings.name IS 'Canonical name';

CREATE OR REPLACE VIEW names AS
SELECT 'benchmark' AS kind, unnest(benchmark_ids) AS name, paper_id FROM claims
UNION
SELECT 'benchmark', coalesce(benchmark_spellings.name, entities.name), paper_id
FROM entities
LEFT JOIN benchmark_spellings ON spelling_key = folded(entities.name)
WHERE entities.kind = 'benchmark'
UNION
SELECT 'hardware', unnest(CASE WHEN len(hardware_ids) > 0 THEN hardware_ids ELSE hardware END), paper_id FROM claims
UNION
SELECT 'baseline', unnest(baseline), paper_id FROM claims
UNION
SELECT 'metric', coalesce(metric_id, metric), paper_id FROM claims WHERE coalesce(metric_id, metric) IS NOT NULL;
COMMENT ON VIEW names IS 'Benchmarks, hardware, baselines and metrics that papers name';
COMMENT ON COLUMN names.kind IS 'benchmark, hardware, baseline or metric';
COMMENT ON COLUMN names.name IS 'Canonical name, or the name as worded where there is none';

CREATE OR REPLACE VIEW name_years AS
WITH spelled AS (
    SELECT kind, folded(name) AS name_key, name, count(DISTINCT paper_id) AS spelling_count FROM names GROUP BY ALL
), usual AS (
    SELECT kind, name_key, arg_max(name, (spelling_count, name)) AS name FROM spelled GROUP BY ALL
)
SELECT
    usual.kind, usual.name_key, usual.name, year(papers.published) AS published_year,
    count(DISTINCT names.paper_id) AS paper_count
FROM names
JOIN usual ON usual.kind = names.kind AND usual.name_key = folded(names.name)
JOIN papers ON papers.paper_id = names.paper_id
GROUP BY ALL;
COMMENT ON VIEW name_years IS 'How many papers name a benchmark, device, baseline or metric, by year';
COMMENT ON COLUMN name_years.kind IS 'benchmark, hardware, baseline or metric';
COMMENT ON COLUMN name_years.name IS 'The name in its most frequent spelling';
COMMENT ON COLUMN name_years.name_key IS 'The name in lower case without punctuation';
COMMENT ON COLUMN name_years.published_year IS 'Year of publication; null where the date is unknown';
COMMENT ON COLUMN name_years.paper_count IS 'Number of papers';

-- The claims that the filters leave, and by what name a row is listed: a claim without subject is its paper's, unless the
-- same number of the same paper is also said with its subject. A benchmark is no subject of its own scores.
CREATE OR REPLACE MACRO matching_claims(
    kinds, on_benchmark, in_metric, over_baseline, on_hardware, since_date, all_results, no_up_to, min_confidence
) AS TABLE
WITH matching AS (
    SELECT
        * EXCLUDE (subject),
        CASE WHEN type IN ('score', 'improvement') AND has_name(benchmark_ids || benchmark, subject) THEN NULL ELSE subject END
            AS name
    FROM claims_in_papers
    ANTI JOIN set_aside USING (paper_id, claim_id)
    WHERE
        list_contains(kinds, type)
        AND has_name(benchmark_ids || benchmark, on_benchmark)
        AND has_words([metric_id, metric], in_metric)
        AND has_words(baseline, over_baseline)
        AND has_words(hardware_ids || hardware, on_hardware)
        AND (since_date IS NULL OR published >= since_date)
        AND (all_results OR own)
        AND NOT (no_up_to AND qualifier = 'up_to')
        AND confidence >= min_confidence
)
SELECT
    * EXCLUDE (name),
    coalesce(name, 'unnamed in: ' || title) AS subject,
    coalesce(nullif(folded(name), ''), paper_id) AS subject_key,
    CASE WHEN relative = 'to' THEN 'to ' ELSE '' END
    || stated(qualifier, value, value_max, unit)
    || CASE WHEN relative = 'to' OR direction IS NULL THEN '' ELSE ' ' || direction END AS claim,
    qualifier = 'up_to' AS up_to,
    coalesce(listed(baseline), 'not stated') AS baselines,
    listed(CASE WHEN len(hardware_ids) > 0 THEN hardware_ids ELSE hardware END) AS devices,
    listed(CASE WHEN len(benchmark_ids) > 0 THEN benchmark_ids ELSE benchmark END) AS benchmarks
FROM matching
QUALIFY name IS NOT NULL OR NOT bool_or(name IS NOT NULL) OVER (
    PARTITION BY paper_id, type, value, unit, coalesce(metric_id, metric)
);

-- One row a subject: its best factor, and in how many papers it has one.
CREATE OR REPLACE MACRO best_factors(
    kinds, on_benchmark, in_metric, over_baseline, on_hardware, since_date, all_results, no_up_to, min_confidence
) AS TABLE
WITH best AS (
    SELECT *, count(DISTINCT paper_id) OVER (PARTITION BY subject_key) AS paper_count
    FROM matching_claims(
        kinds, on_benchmark, in_metric, over_baseline, on_hardware, since_date, all_results, no_up_to, min_confidence
    )
    WHERE factor > 1
    QUALIFY row_number() OVER (
        PARTITION BY subject_key ORDER BY factor DESC, up_to, confidence DESC, published, claim_id
    ) = 1
)
SELECT
    rank() OVER (ORDER BY factor DESC) AS place, subject, round(factor, 3) AS factor, claim, direction,
    coalesce(metric_id, metric) AS metric, baselines, devices, paper_count, title, url, published, own, up_to,
    sentence, field, span, span_start, span_end, confidence, paper_id, claim_id
FROM best
ORDER BY factor DESC, up_to, subject, claim_id;

CREATE OR REPLACE MACRO fastest(
    on_benchmark := NULL, in_metric := NULL, over_baseline := NULL, on_hardware := NULL, since_date := NULL,
    all_results := false, no_up_to := false, min_confidence := 0.5
) AS TABLE
FROM best_factors(
    ['speedup'], on_benchmark, in_metric, over_baseline, on_hardware, since_date, all_results, no_up_to, min_confidence
);
COMMENT ON MACRO TABLE fastest IS 'Speedups by normalised factor, one row a subject';

CREATE OR REPLACE MACRO most_efficient(
    on_benchmark := NULL, in_metric := NULL, over_baseline := NULL, on_hardware := NULL, since_date := NULL,
    all_results := false, no_up_to := false, min_confidence := 0.5
) AS TABLE
FROM best_factors(
    ['efficiency'], on_benchmark, in_metric, over_baseline, on_hardware, since_date, all_results, no_up_to, min_confidence
);
COMMENT ON MACRO TABLE most_efficient IS 'Savings of memory, energy, compute, data … by normalised factor, one row a subject';

-- Who claims to be better than whom: a change for the better, or a value and a baseline value in the right order.
CREATE OR REPLACE MACRO beats(
    on_benchmark := NULL, in_metric := NULL, over_baseline := NULL, on_hardware := NULL, since_date := NULL,
    all_results := false, no_up_to := false, min_confidence := 0.5
) AS TABLE
WITH won AS (
    SELECT *, unnest(CASE WHEN len(baseline) = 0 THEN ['not stated'] ELSE baseline END) AS beaten
    FROM matching_claims(
        ['speedup', 'efficiency', 'improvement', 'score', 'measurement'],
        on_benchmark, in_metric, over_baseline, on_hardware, since_date, all_results, no_up_to, min_confidence
    )
    WHERE CASE
        WHEN type IN ('speedup', 'efficiency') THEN good
        WHEN type = 'improvement' THEN value > 0 AND coalesce(good, direction = coalesce(metric_better, 'higher'), false)
        WHEN type = 'measurement' AND factor IS NOT NULL THEN factor > 1
        WHEN metric_better = 'lower' THEN value < baseline_value
        WHEN type = 'score' THEN value > baseline_value
        ELSE metric_better = 'higher' AND value > baseline_value
    END
)
SELECT
    subject, beaten AS baseline, type, round(factor, 3) AS factor,
    CASE WHEN baseline_value IS NULL THEN claim ELSE claim || ' against ' || with_unit(baseline_value, unit) END AS claim,
    direction, coalesce(metric_id, metric) AS metric, benchmarks, devices, title, url, published, own, up_to,
    sentence, field, span, span_start, span_end, confidence, paper_id, claim_id
FROM won
WHERE has_words([beaten], over_baseline)
ORDER BY
    beaten = 'not stated', won.factor DESC NULLS LAST, type, unit, value DESC, up_to, subject, beaten, claim_id;
COMMENT ON MACRO TABLE beats IS 'Who claims to beat whom, by how much: one row a claim and baseline';

-- A score on its board: benchmark, metric and scale. A metric that is not stated, or that says nothing ("performance"), is
-- the benchmark's usual one; so is one that means the same there. Shares written as 0.92 and as 92 compare where the metric
-- has a range, and stand on boards of their own where it has none.
CREATE MACRO scores_on_boards(
    on_benchmark, in_metric, over_baseline, on_hardware, since_date, all_results, no_up_to, min_confidence
) AS TABLE
WITH on_each AS (
    SELECT
        *, coalesce(metric_id, metric) AS stated_metric,
        CASE WHEN len(benchmark_ids) > 0 THEN benchmark_ids ELSE benchmark END AS board_names,
        unnest(board_names) AS board_benchmark
    FROM matching_claims(
        ['score'], on_benchmark, NULL, over_baseline, on_hardware, since_date, all_results, no_up_to, min_confidence
    )
), named AS (
    SELECT
        on_each.*,
        (
            usual_metrics.unstated AND folded(coalesce(stated_metric, 'score')) IN
                ('score', 'scores', 'performance', 'result', 'results', 'average', 'overall')
            OR list_contains(usual_metrics.also, stated_metric)
        ) IS TRUE AS is_usual,
        CASE WHEN is_usual THEN usual_metrics.metric ELSE coalesce(stated_metric, 'not stated') END AS board_metric,
        CASE WHEN is_usual THEN usual_metrics.better ELSE metric_better END AS board_direction
    FROM on_each
    LEFT JOIN usual_metrics ON folded(usual_metrics.benchmark) = folded(board_benchmark)
)
SELECT
    named.*, folded(board_benchmark) AS benchmark_key, folded(board_metric) AS metric_key,
    low IS NOT NULL AND unit = '' AND abs(value) <= 1 AS is_fraction,
    CASE WHEN is_fraction THEN round(value * 100, 9) ELSE value END AS board_value,
    -- Lower-is-better metrics without a range (distances, losses) often pass 1.
    CASE
        WHEN low IS NULL AND unit = '' AND abs(value) <= 1 AND board_direction IS DISTINCT FROM 'lower' THEN '0 to 1'
        WHEN unit IN ('', '%') THEN ''
        ELSE unit
    END AS board_scale
FROM named
LEFT JOIN metric_ranges ON metric_ranges.metric = board_metric
WHERE
    -- Of several benchmarks the one asked for; all where only the wording matched, not the canonical name.
    (has_name([board_benchmark], on_benchmark) OR NOT has_name(board_names, on_benchmark))
    AND has_words([board_metric, metric_id, named.metric], in_metric);

-- A subject has one row on a board.
CREATE OR REPLACE MACRO best_scores(
    on_benchmark := NULL, in_metric := NULL, over_baseline := NULL, on_hardware := NULL, since_date := NULL,
    all_results := false, no_up_to := false, min_confidence := 0.5
) AS TABLE
WITH signed AS (
    SELECT
        *,
        max(board_direction) OVER board AS board_better,
        CASE WHEN max(board_direction) OVER board = 'lower' THEN board_value ELSE -board_value END AS cost
    FROM scores_on_boards(
        on_benchmark, in_metric, over_baseline, on_hardware, since_date, all_results, no_up_to, min_confidence
    )
    WINDOW board AS (PARTITION BY benchmark_key, metric_key, board_scale)
), best AS (
    SELECT *, count(DISTINCT paper_id) OVER (PARTITION BY benchmark_key, metric_key, board_scale, subject_key) AS paper_count
    FROM signed
    QUALIFY row_number() OVER (
        PARTITION BY benchmark_key, metric_key, board_scale, subject_key
        ORDER BY cost, up_to, confidence DESC, published, claim_id
    ) = 1
)
SELECT
    min(board_benchmark) OVER board AS benchmark, min(board_metric) OVER board AS metric, board_scale AS scale,
    coalesce(board_better, 'higher, assumed') AS better, rank() OVER (board ORDER BY cost) AS place,
    count(*) OVER board AS subject_count, subject, claim, board_value AS value,
    coalesce(stated_metric, 'not stated') AS stated_metric, paper_count, baselines, title, url, published, own, up_to,
    sentence, field, span, span_start, span_end, confidence, paper_id, claim_id
FROM best
WINDOW board AS (PARTITION BY benchmark_key, metric_key, board_scale)
ORDER BY subject_count DESC, benchmark, metric, scale, place, up_to, subject, claim_id;
COMMENT ON MACRO TABLE best_scores IS 'Scores by benchmark and metric, ranked by the better direction, one row a subject';

CREATE OR REPLACE MACRO biggest_gains(
    on_benchmark := NULL, in_metric := NULL, over_baseline := NULL, on_hardware := NULL, since_date := NULL,
    all_results := false, no_up_to := false, min_confidence := 0.5
) AS TABLE
WITH best AS (
    SELECT *, count(DISTINCT paper_id) OVER (PARTITION BY unit, subject_key) AS paper_count
    FROM matching_claims(
        ['improvement'],
        on_benchmark, in_metric, over_baseline, on_hardware, since_date, all_results, no_up_to, min_confidence
    )
    WHERE coalesce(good, direction = coalesce(metric_better, 'higher'), false)
    QUALIFY row_number() OVER (
        PARTITION BY unit, subject_key ORDER BY value DESC, up_to, confidence DESC, published, claim_id
    ) = 1
)
SELECT
    unit, rank() OVER (PARTITION BY unit ORDER BY value DESC) AS place, count(*) OVER (PARTITION BY unit) AS subject_count,
    subject, claim, value, direction, coalesce(metric_id, metric) AS metric, baselines, benchmarks, paper_count,
    title, url, published, own, up_to, sentence, field, span, span_start, span_end, confidence, paper_id, claim_id
FROM best
ORDER BY subject_count DESC, unit, place, up_to, subject, claim_id;
COMMENT ON MACRO TABLE biggest_gains IS 'Improvements in quality by size, each unit for itself, one row a subject';

CREATE OR REPLACE MACRO best_measurements(
    on_benchmark := NULL, in_metric := NULL, over_baseline := NULL, on_hardware := NULL, since_date := NULL,
    all_results := false, no_up_to := false, min_confidence := 0.5
) AS TABLE
WITH placed AS (
    SELECT
        * EXCLUDE (measure), coalesce(metric_id, metric, measure, 'not stated') AS board_metric,
        coalesce(base_unit, claimed.unit) AS board_unit, coalesce(base_value, value) AS board_value
    FROM matching_claims(
        ['measurement'],
        on_benchmark, NULL, over_baseline, on_hardware, since_date, all_results, no_up_to, min_confidence
    ) AS claimed
    LEFT JOIN unit_measures ON unit_measures.unit = coalesce(base_unit, claimed.unit)
    WHERE has_words([metric_id, metric, measure], in_metric)
), signed AS (
    SELECT
        *, max(metric_better) OVER board AS board_better,
        CASE WHEN max(metric_better) OVER board = 'lower' THEN board_value ELSE -board_value END AS cost
    FROM placed
    WINDOW board AS (PARTITION BY folded(board_metric), board_unit)
), best AS (
    SELECT *, count(DISTINCT paper_id) OVER (PARTITION BY folded(board_metric), board_unit, subject_key) AS paper_count
    FROM signed
    QUALIFY row_number() OVER (
        PARTITION BY folded(board_metric), board_unit, subject_key
        ORDER BY cost, up_to, confidence DESC, published, claim_id
    ) = 1
)
SELECT
    min(board_metric) OVER board AS metric, board_unit AS unit, coalesce(board_better, 'higher, assumed') AS better,
    rank() OVER (board ORDER BY cost) AS place, count(*) OVER board AS subject_count, subject, claim,
    board_value AS value, devices, baselines, benchmarks, paper_count, title, url, published, own, up_to,
    sentence, field, span, span_start, span_end, confidence, paper_id, claim_id
FROM best
WINDOW board AS (PARTITION BY folded(board_metric), board_unit)
ORDER BY subject_count DESC, metric, unit, place, up_to, subject, claim_id;
COMMENT ON MACRO TABLE best_measurements IS 'Absolute speeds and costs by metric and base unit, one row a subject';

-- One row a subject and unit: the largest size that it is given. Each unit is ranked for itself, those of most subjects first.
CREATE OR REPLACE MACRO largest(kinds, since_date, all_results, no_up_to, min_confidence) AS TABLE
WITH best AS (
    SELECT *, count(DISTINCT paper_id) OVER (PARTITION BY subject_key, unit) AS paper_count
    FROM matching_claims(kinds, NULL, NULL, NULL, NULL, since_date, all_results, no_up_to, min_confidence)
    QUALIFY row_number() OVER (
        PARTITION BY subject_key, unit
        ORDER BY coalesce(value_max, value) DESC, up_to, confidence DESC, published, claim_id
    ) = 1
)
SELECT
    unit, rank() OVER (PARTITION BY unit ORDER BY coalesce(value_max, value) DESC) AS place,
    count(*) OVER (PARTITION BY unit) AS subject_count, subject, claim, coalesce(value_max, value) AS value,
    paper_count, title, url, published, own, up_to, sentence, field, span, span_start, span_end, confidence,
    paper_id, claim_id
FROM best
ORDER BY subject_count DESC, unit, place, up_to, subject, claim_id;

CREATE OR REPLACE MACRO largest_models(
    since_date := NULL, all_results := false, no_up_to := false, min_confidence := 0.5
) AS TABLE
FROM largest(['model_size'], since_date, all_results, no_up_to, min_confidence);
COMMENT ON MACRO TABLE largest_models IS 'Models by number of parameters, one row a model';

CREATE OR REPLACE MACRO largest_datasets(
    since_date := NULL, all_results := false, no_up_to := false, min_confidence := 0.5
) AS TABLE
FROM largest(['dataset_size'], since_date, all_results, no_up_to, min_confidence);
COMMENT ON MACRO TABLE largest_datasets IS 'Data sets by number of items, each kind of item for itself, one row a data set';

CREATE OR REPLACE MACRO code_released(since_date := NULL) AS TABLE
SELECT status, repo, min(code_url) AS code_url, title, url, published, paper_id
FROM repositories
WHERE since_date IS NULL OR published >= since_date
GROUP BY status, repo, rtrim(lower(code_url), '/'), title, url, published, paper_id
ORDER BY status DESC, count(repositories.code_url) = 0, published DESC NULLS LAST, title, code_url, paper_id;
COMMENT ON MACRO TABLE code_released IS 'Code of papers, released or promised; those with an address first, then the newest';

CREATE OR REPLACE MACRO most_used(of_kind) AS TABLE
WITH used AS (
    SELECT
        min(name) AS name,
        sum(paper_count) AS paper_count,
        min(published_year) AS first_year,
        max(published_year) AS last_year,
        string_agg(published_year || ': ' || paper_count, ', ' ORDER BY published_year)
            FILTER (published_year IS NOT NULL) AS papers_by_year
    FROM name_years
    -- A baseline that bears no name ("prior work", "SOTA") is none that one could look up.
    WHERE
        kind = of_kind
        AND regexp_matches(name, '[\p{Lu}\d]')
        AND NOT regexp_matches(name, '^(?i:the |prior |previous |current |existing )*SOTA\b')
    GROUP BY name_key
)
SELECT rank() OVER (ORDER BY paper_count DESC) AS place, name, paper_count::BIGINT AS paper_count, first_year, last_year,
    papers_by_year
FROM used
ORDER BY place, name;
COMMENT ON MACRO TABLE most_used IS 'Names by how many papers use them, over the years: most_used(''benchmark'')';

-- Papers that tell different values of one subject, benchmark, metric and scale: the lowest beside the highest. Several values
-- of one paper are of several settings.
CREATE OR REPLACE MACRO contradictions(
    on_benchmark := NULL, in_metric := NULL, since_date := NULL, no_up_to := false, min_confidence := 0.5
) AS TABLE
WITH told AS (
    SELECT
        min(subject) AS subject, min(board_benchmark) AS benchmark, min(board_metric) AS metric,
        arg_min(claim, (board_value, claim_id)) AS low, arg_max(claim, (board_value, claim_id)) AS high,
        max(board_value) - min(board_value) AS gap,
        count(DISTINCT board_value) AS value_count, count(DISTINCT paper_id) AS paper_count,
        arg_min(title, (board_value, claim_id)) AS low_title, arg_max(title, (board_value, claim_id)) AS high_title,
        arg_min(sentence, (board_value, claim_id)) AS low_sentence, arg_max(sentence, (board_value, claim_id)) AS high_sentence,
        arg_min(paper_id, (board_value, claim_id)) AS low_paper_id, arg_max(paper_id, (board_value, claim_id)) AS high_paper_id,
        arg_min(claim_id, (board_value, claim_id)) AS low_claim_id, arg_max(claim_id, (board_value, claim_id)) AS high_claim_id
    FROM scores_on_boards(on_benchmark, in_metric, NULL, NULL, since_date, true, no_up_to, min_confidence)
    WHERE subject_key <> paper_id AND board_metric <> 'not stated'
    GROUP BY subject_key, benchmark_key, metric_key, board_scale
)
FROM told
WHERE value_count > 1 AND paper_count > 1
ORDER BY paper_count DESC, gap DESC, subject, benchmark, metric, low_claim_id;
COMMENT ON MACRO TABLE contradictions IS 'Papers that tell different values of one subject, benchmark and metric';

-- Since sources with bare years: wider than the first schema said.
COMMENT ON COLUMN papers.page_date IS 'Date that is no whole day, as the source gave it ("Apr 16", "2021")';
COMMENT ON COLUMN sightings.page_date IS 'Date that is no whole day, as the source gave it';
