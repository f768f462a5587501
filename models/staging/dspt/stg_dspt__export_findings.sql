-- What the reader of the exports found odd in them, and could read all the same.
-- Grain: one row per file and check.
select
    source_file,
    check_name,
    detail
from {{ dspt_list('findings') }}
