-- Oddities that the reader of the exports found in files that it could still read.
-- Grain: one row per file and check.
select
    source_file,
    check_name,
    detail
from {{ dspt_list('findings') }}
