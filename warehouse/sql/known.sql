-- Which papers of the batch these extractors have read already.
SELECT paper_hash
FROM ledger
WHERE extractor_version = $extractor_version AND paper_hash IN (SELECT paper_hash FROM batch)
