-- Whether any paper uses the wanted name, whatever the other filters leave of it.
SELECT
    EXISTS (
        FROM claims
        WHERE CASE $kind
            WHEN 'benchmark' THEN has_name(benchmark_ids || benchmark, $wanted)
            WHEN 'metric' THEN has_words([metric_id, metric], $wanted)
            WHEN 'baseline' THEN has_words(baseline, $wanted)
            WHEN 'hardware' THEN has_words(hardware_ids || hardware, $wanted)
        END
    )
    OR EXISTS (FROM name_years WHERE kind = $kind AND has_name([name], $wanted)) AS known
