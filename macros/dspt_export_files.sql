{# Facts on each export file, as a query: path, source_file, size_in_bytes, sha256, encoding, missing_columns and
   unexpected_columns (of its header), data_rows, and fault: why it cannot be read as CSV, in words, else null.
   Reading files is the adapter's business: here and in read_dspt_exports is where engines differ. #}
{% macro dspt_export_files() %}
    {{ return(adapter.dispatch('dspt_export_files')()) }}
{% endmacro %}

{# Where the exports are: DSPT_EXPORTS names a file, a folder or a glob. #}
{% macro dspt_exports_glob() %}
    {%- set place = env_var('DSPT_EXPORTS', 'data/dspt') -%}
    {%- set is_folder = '*' not in place and not place.lower().endswith('.csv') -%}
    {% do return(place.rstrip('/') ~ '/*.[cC][sS][vV]' if is_folder else place) %}
{% endmacro %}

{% macro duckdb__dspt_export_files() %}
    {%- set glob = dspt_exports_glob() | replace("'", "''") -%}
    {%- if execute and run_query("select * from glob('" ~ glob ~ "')") | length == 0 -%}
        {%- do exceptions.raise_compiler_error(
            "No DSPT export in " ~ env_var('DSPT_EXPORTS', 'data/dspt')
            ~ ": put the portal's CSV there, or name a file, folder or glob in DSPT_EXPORTS."
        ) -%}
    {%- endif -%}
    {%- set known_headers = dspt_columns().values() | sum(start=[]) -%}
    with contents as (
        select
            parse_filename(filename) as source_file,
            filename as path,
            size as size_in_bytes,
            content,
            -- a text file has ends of lines and tabs, and no other byte below the space
            regexp_matches(content[:4096]::varchar, '\\x0[0-8]') or content[:2]::varchar = 'PK' as is_binary,
            case when try(decode(content)) is null then 'cp1252' else 'utf-8' end as encoding
        from read_blob('{{ glob }}')
    ),

    decoded as (
        select
            *,
            case
                when is_binary then ''
                when encoding = 'utf-8' then ltrim(decode(content), chr(65279))
                else {{ duckdb__decode_cp1252('content') }}
            end as content_text
        from contents
    ),

    -- the lines without their quoted texts: a comma left is a border of columns, a quote left has no end
    skeletons as (
        select
            *,
            list_filter(
                string_split_regex(regexp_replace(content_text, '"[^"]*"', '', 'g'), '\r?\n|\r'),
                lambda line: trim(line) != ''
            ) as lines,
            list_transform(
                regexp_extract_all(regexp_extract(content_text, '[^\r\n]*'), '"[^"]*"|[^,"]+'),
                lambda name: lower(trim(name, ' "'))
            ) as header
        from decoded
    ),

    -- the borders of the header stand apart as one short text: a lambda copies what it refers to for every line
    headed as (
        select
            *,
            regexp_replace(lines[1], '[^,]', '', 'g') as borders
        from skeletons
    ),

    compared as (
        select
            *,
            list_filter(lines, lambda line: regexp_replace(line, '[^,]', '', 'g') != borders) as uneven_lines
        from headed
    )

    select
        source_file,
        path,
        size_in_bytes,
        sha256(content) as sha256,
        encoding,
        concat_ws(
            ', '
            {% for headers in dspt_columns().values() -%}
            , case when not list_has_any(header, ['{{ headers | join("', '") }}']) then '"{{ headers[0] }}"' end
            {% endfor %}
        ) as missing_columns,
        array_to_string(
            list_filter(header, lambda name: name not in ('{{ known_headers | join("', '") }}')), ', '
        ) as unexpected_columns,
        len(lines) - 1 as data_rows,
        case
            when is_binary then 'is not text (a spreadsheet or an archive?): save it as CSV'
            when not regexp_matches(content_text, '\S') then 'is empty'
            when regexp_matches(content_text, '^\s*<') then 'is a web page, not an export'
            when contains(lines[-1], '"') then 'is cut inside a quoted text, or has a quote without end'
            when len(uneven_lines) > 0 then 'is cut or damaged: a row has other columns than the header: ' || uneven_lines[1]
            when len(lines) = 1 then 'has a header and no rows'
            -- the portal ends every row with a line break: without it the last column may be half a word
            when not regexp_matches(content_text, '[\r\n,"]$') then 'is cut inside its last row: ' || lines[-1]
        end as fault
    from compared
{% endmacro %}

{# The text of a Windows-1252 file, which DuckDB cannot read by itself. A blob written as text has `\xNN` for each byte
   that is not plain ASCII: NN is a place in the list of that encoding's own characters, or a Unicode character. #}
{% macro duckdb__decode_cp1252(content) -%}
    array_to_string(
        list_transform(
            string_split('\x20' || {{ content }}::varchar, '\x')[2:],
            lambda part: case
                when part[1:1] in ('8', '9')
                    then '€?‚ƒ„…†‡ˆ‰Š‹Œ?Ž??‘’“”•–—˜™š›œ?žŸ'[('0x' || part[1:2])::int - 127]
                else chr(('0x' || part[1:2])::int)
            end || part[3:]
        ),
        ''
    )[2:]
{%- endmacro %}
