"""What a valid record is: the record types (:mod:`schemas.records`) and their pandera schemas (:mod:`schemas.tables`)."""
