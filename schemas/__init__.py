"""What a valid record is: record types (:mod:`schemas.records`) and their pandera schemas (:mod:`schemas.tables`)."""
