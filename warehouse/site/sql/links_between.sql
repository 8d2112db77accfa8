SELECT paper_id, url, role, repo, released, origin
FROM links
WHERE paper_id > $after AND paper_id <= $last
ORDER BY paper_id, role, released DESC, url, link_id
