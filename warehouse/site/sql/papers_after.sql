SELECT paper_id, title, abstract, url, published, page_date, arxiv_id, doi, authors, categories, code
FROM papers
WHERE paper_id > $after
ORDER BY paper_id
LIMIT $row_limit
