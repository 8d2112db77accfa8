-- The tables of DESIGN.md. No primary keys: replace-by-paper loading keeps the ids unique, and indexes would make it
-- four times slower (the tests count duplicates instead). Names are chosen so that none needs quoting.

CREATE TABLE papers (
    paper_id VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    abstract VARCHAR NOT NULL,
    url VARCHAR,
    published DATE,
    page_date VARCHAR,
    arxiv_id VARCHAR,
    doi VARCHAR,
    authors VARCHAR[] NOT NULL,
    categories VARCHAR[] NOT NULL,
    code VARCHAR NOT NULL,
    text_hash VARCHAR NOT NULL,
    sighting_id VARCHAR NOT NULL,
    extractor_version VARCHAR NOT NULL
);
COMMENT ON TABLE papers IS 'One row a paper, with the text that its claims come from';
COMMENT ON COLUMN papers.paper_id IS 'Identifier given at first sight, never changed: arxiv:ID, doi:ID, title:HASH or text:HASH';
COMMENT ON COLUMN papers.title IS 'Title as it came ("" where it has none)';
COMMENT ON COLUMN papers.abstract IS 'Abstract as it came; offsets of claims count its characters';
COMMENT ON COLUMN papers.url IS 'Address of the paper: the first that a source gave';
COMMENT ON COLUMN papers.published IS 'Date of publication: the first that a source gave';
COMMENT ON COLUMN papers.page_date IS 'Date without a year, as a page showed it ("Apr 16")';
COMMENT ON COLUMN papers.arxiv_id IS 'arXiv id without version';
COMMENT ON COLUMN papers.doi IS 'DOI in lower case';
COMMENT ON COLUMN papers.authors IS 'Authors in order';
COMMENT ON COLUMN papers.categories IS 'Subject categories, as the source names them';
COMMENT ON COLUMN papers.code IS 'What the text says of its code: released, promised or none';
COMMENT ON COLUMN papers.text_hash IS 'Hash of title and abstract';
COMMENT ON COLUMN papers.sighting_id IS 'The sighting whose text is shown here';
COMMENT ON COLUMN papers.extractor_version IS 'Version of the extractors that made the claims, links and entities';

CREATE TABLE sightings (
    sighting_id VARCHAR NOT NULL,
    sighting_number BIGINT NOT NULL,
    paper_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    record VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    abstract VARCHAR NOT NULL,
    text_hash VARCHAR NOT NULL,
    url VARCHAR,
    published DATE,
    page_date VARCHAR,
    arxiv_id VARCHAR,
    arxiv_version INTEGER,
    doi VARCHAR,
    authors VARCHAR[] NOT NULL,
    categories VARCHAR[] NOT NULL,
    run_id BIGINT NOT NULL
);
COMMENT ON TABLE sightings IS 'Every place where a paper was seen, with the text as it stood there';
COMMENT ON COLUMN sightings.sighting_id IS 'Hash of all that the sighting says';
COMMENT ON COLUMN sightings.sighting_number IS 'Order of arrival, from 1';
COMMENT ON COLUMN sightings.paper_id IS 'The paper that was seen';
COMMENT ON COLUMN sightings.source IS 'File, address or query that it came from';
COMMENT ON COLUMN sightings.record IS 'Place in the source ("line 7")';
COMMENT ON COLUMN sightings.source_id IS 'Identifier that the source itself uses ("" where it has none)';
COMMENT ON COLUMN sightings.title IS 'Title as it stood there';
COMMENT ON COLUMN sightings.abstract IS 'Abstract as it stood there';
COMMENT ON COLUMN sightings.text_hash IS 'Hash of title and abstract';
COMMENT ON COLUMN sightings.url IS 'Address that the source gave';
COMMENT ON COLUMN sightings.published IS 'Date of publication that the source gave';
COMMENT ON COLUMN sightings.page_date IS 'Date without a year, as the page showed it';
COMMENT ON COLUMN sightings.arxiv_id IS 'arXiv id without version';
COMMENT ON COLUMN sightings.arxiv_version IS 'Version of the arXiv paper';
COMMENT ON COLUMN sightings.doi IS 'DOI in lower case';
COMMENT ON COLUMN sightings.authors IS 'Authors in order';
COMMENT ON COLUMN sightings.categories IS 'Subject categories';
COMMENT ON COLUMN sightings.run_id IS 'The run that first saw it';

CREATE TABLE identifiers (
    scheme VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    paper_id VARCHAR NOT NULL
);
COMMENT ON TABLE identifiers IS 'The identifiers by which a record is recognised as a paper';
COMMENT ON COLUMN identifiers.scheme IS 'arxiv, doi, title (folded) or text (hash of an abstract without title)';
COMMENT ON COLUMN identifiers.value IS 'The identifier in its normal form';
COMMENT ON COLUMN identifiers.paper_id IS 'The paper that bears it';

CREATE TABLE claims (
    claim_id VARCHAR NOT NULL,
    paper_id VARCHAR NOT NULL,
    type VARCHAR NOT NULL,
    value DOUBLE NOT NULL,
    value_max DOUBLE,
    baseline_value DOUBLE,
    unit VARCHAR NOT NULL,
    qualifier VARCHAR NOT NULL,
    direction VARCHAR,
    metric VARCHAR,
    subject VARCHAR,
    baseline VARCHAR[] NOT NULL,
    benchmark VARCHAR[] NOT NULL,
    hardware VARCHAR[] NOT NULL,
    own BOOLEAN NOT NULL,
    field VARCHAR NOT NULL,
    span VARCHAR NOT NULL,
    span_start INTEGER NOT NULL,
    span_end INTEGER NOT NULL,
    sentence VARCHAR NOT NULL,
    relative VARCHAR,
    good BOOLEAN,
    factor DOUBLE,
    base_value DOUBLE,
    base_unit VARCHAR,
    metric_id VARCHAR,
    metric_better VARCHAR,
    benchmark_ids VARCHAR[] NOT NULL,
    hardware_ids VARCHAR[] NOT NULL,
    rule VARCHAR NOT NULL,
    confidence DOUBLE NOT NULL
);
COMMENT ON TABLE claims IS 'Every number that a paper claims, with the characters that say it';
COMMENT ON COLUMN claims.claim_id IS 'Hash of where the claim stands and what it says';
COMMENT ON COLUMN claims.paper_id IS 'The paper that claims it';
COMMENT ON COLUMN claims.type IS 'speedup, efficiency, score, improvement, measurement, model_size or dataset_size';
COMMENT ON COLUMN claims.value IS 'The number, in unit; the lower end of a range';
COMMENT ON COLUMN claims.value_max IS 'The upper end of a range, in unit';
COMMENT ON COLUMN claims.baseline_value IS 'The number of what it is compared with, in unit';
COMMENT ON COLUMN claims.unit IS 'x, %, points, params, a unit symbol, the noun of a data set''s items, or "" for plain scores';
COMMENT ON COLUMN claims.qualifier IS 'exact, up_to, at_least, at_most or about';
COMMENT ON COLUMN claims.direction IS 'Which way the metric moved: higher or lower (changes only)';
COMMENT ON COLUMN claims.metric IS 'What the number measures, as worded';
COMMENT ON COLUMN claims.subject IS 'The model, system or data set that the number is about';
COMMENT ON COLUMN claims.baseline IS 'What it is compared with, as worded';
COMMENT ON COLUMN claims.benchmark IS 'Benchmarks and data sets that it was obtained on, as worded';
COMMENT ON COLUMN claims.hardware IS 'Devices that it was obtained on, as worded';
COMMENT ON COLUMN claims.own IS 'True for a result of the paper itself, false for background and quoted results';
COMMENT ON COLUMN claims.field IS 'Where the number stands: title or abstract';
COMMENT ON COLUMN claims.span IS 'The exact characters of the number';
COMMENT ON COLUMN claims.span_start IS 'Offset of the first character of span in field, from 0';
COMMENT ON COLUMN claims.span_end IS 'Offset after the last character of span in field';
COMMENT ON COLUMN claims.sentence IS 'The sentence that says it';
COMMENT ON COLUMN claims.relative IS 'Whether a relative number says by how much (by) or to what (to)';
COMMENT ON COLUMN claims.good IS 'Whether the change is an advantage';
COMMENT ON COLUMN claims.factor IS 'How many times better: 60% lower latency is 2.5';
COMMENT ON COLUMN claims.base_value IS 'The number in base_unit';
COMMENT ON COLUMN claims.base_unit IS 'The base unit: s, byte, W …';
COMMENT ON COLUMN claims.metric_id IS 'Canonical name of the metric';
COMMENT ON COLUMN claims.metric_better IS 'Which way is better for the metric: higher or lower';
COMMENT ON COLUMN claims.benchmark_ids IS 'Canonical names of the benchmarks';
COMMENT ON COLUMN claims.hardware_ids IS 'Canonical names of the devices';
COMMENT ON COLUMN claims.rule IS 'The rule that produced the claim';
COMMENT ON COLUMN claims.confidence IS 'Probability that the claim is right, from 0 to 1';

CREATE TABLE links (
    link_id VARCHAR NOT NULL,
    paper_id VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    repo VARCHAR,
    released BOOLEAN NOT NULL,
    field VARCHAR,
    span VARCHAR,
    span_start INTEGER,
    span_end INTEGER,
    origin VARCHAR NOT NULL
);
COMMENT ON TABLE links IS 'Every web address that a paper or its source gives';
COMMENT ON COLUMN links.link_id IS 'Hash of the address and of where it stands';
COMMENT ON COLUMN links.paper_id IS 'The paper that gives it';
COMMENT ON COLUMN links.url IS 'The address as a browser needs it';
COMMENT ON COLUMN links.role IS 'code, data, model, project or other';
COMMENT ON COLUMN links.repo IS 'owner/name of a GitHub repository';
COMMENT ON COLUMN links.released IS 'False where the text says that it will come later';
COMMENT ON COLUMN links.field IS 'Where it stands: title or abstract (null where the source declares it)';
COMMENT ON COLUMN links.span IS 'The exact characters of the address';
COMMENT ON COLUMN links.span_start IS 'Offset of the first character of span in field, from 0';
COMMENT ON COLUMN links.span_end IS 'Offset after the last character of span in field';
COMMENT ON COLUMN links.origin IS 'text, or source where the feed declares it';

CREATE TABLE entities (
    paper_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    mention INTEGER NOT NULL
);
COMMENT ON TABLE entities IS 'Names that a paper mentions, each once, as written';
COMMENT ON COLUMN entities.paper_id IS 'The paper that mentions it';
COMMENT ON COLUMN entities.kind IS 'benchmark, model or hardware';
COMMENT ON COLUMN entities.name IS 'The name as written';
COMMENT ON COLUMN entities.mention IS 'Order of first mention within its kind, from 0';

CREATE TABLE runs (
    run_id BIGINT NOT NULL,
    started_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP,
    status VARCHAR NOT NULL,
    sources VARCHAR[] NOT NULL,
    extractor_version VARCHAR NOT NULL,
    papers_read BIGINT NOT NULL,
    papers_new BIGINT NOT NULL,
    papers_changed BIGINT NOT NULL,
    papers_known BIGINT NOT NULL,
    papers_rejected BIGINT NOT NULL,
    sightings_new BIGINT NOT NULL,
    claims_loaded BIGINT NOT NULL,
    rows_rejected BIGINT NOT NULL
);
COMMENT ON TABLE runs IS 'One row a run; papers_read = papers_new + papers_changed + papers_known + papers_rejected';
COMMENT ON COLUMN runs.run_id IS 'Number of the run, from 1';
COMMENT ON COLUMN runs.started_at IS 'Start, UTC';
COMMENT ON COLUMN runs.finished_at IS 'End, UTC; null while it runs or where it was killed';
COMMENT ON COLUMN runs.status IS 'running, done, or failed (a killed run stays running)';
COMMENT ON COLUMN runs.sources IS 'The sources as they were given';
COMMENT ON COLUMN runs.extractor_version IS 'Version of the extractors';
COMMENT ON COLUMN runs.papers_read IS 'Records read';
COMMENT ON COLUMN runs.papers_new IS 'Papers loaded for the first time';
COMMENT ON COLUMN runs.papers_changed IS 'Papers whose rows were replaced: newer text or other extractor version';
COMMENT ON COLUMN runs.papers_known IS 'Records that changed no claim: seen before, or another sighting';
COMMENT ON COLUMN runs.papers_rejected IS 'Records that could not be used as a paper';
COMMENT ON COLUMN runs.sightings_new IS 'Sightings added';
COMMENT ON COLUMN runs.claims_loaded IS 'Claims written';
COMMENT ON COLUMN runs.rows_rejected IS 'Rows in rejects: papers, claims, links and entities';

CREATE TABLE rejects (
    run_id BIGINT NOT NULL,
    source VARCHAR NOT NULL,
    place VARCHAR NOT NULL,
    check_name VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    record VARCHAR NOT NULL
);
COMMENT ON TABLE rejects IS 'What failed a check, so that nothing is lost';
COMMENT ON COLUMN rejects.run_id IS 'The run that met it';
COMMENT ON COLUMN rejects.source IS 'File, address or query that it came from';
COMMENT ON COLUMN rejects.place IS 'Place in the source';
COMMENT ON COLUMN rejects.check_name IS 'The check that it failed';
COMMENT ON COLUMN rejects.reason IS 'Why, in one line';
COMMENT ON COLUMN rejects.record IS 'The record as JSON text, cut at 10,000 characters';

CREATE TABLE ledger (
    paper_hash VARCHAR NOT NULL,
    extractor_version VARCHAR NOT NULL
);
COMMENT ON TABLE ledger IS 'What has been loaded by which extractors, so that it is skipped next time';
COMMENT ON COLUMN ledger.paper_hash IS 'Hash of all that a sighting says (its sighting_id)';
COMMENT ON COLUMN ledger.extractor_version IS 'The version that last read it';
