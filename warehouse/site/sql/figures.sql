SELECT
    (SELECT count(*) FROM papers) AS papers,
    (SELECT count(*) FROM claims) AS claims,
    (SELECT count(*) FROM claims WHERE own) AS own_claims,
    (SELECT count(DISTINCT paper_id) FROM claims) AS papers_with_claims,
    (SELECT count(DISTINCT name) FROM names WHERE kind = 'benchmark') AS benchmarks,
    (SELECT count(*) FROM papers WHERE code = 'released') AS papers_with_code,
    (SELECT max(published) FROM papers) AS newest
