-- The links that the text of the batch's papers gives; declared ones stay.
DELETE FROM links
WHERE origin = 'text' AND paper_id IN (SELECT paper_id FROM batch)
