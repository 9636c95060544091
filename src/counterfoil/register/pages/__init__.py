"""Format 3 of the sealed register: a sorted page file of exact buckets that carry where their own
address keys lead. `page_file` owns the file, `sealing` the bucket, `reader` opens, `steps`, `spill`
and `worker` build."""
