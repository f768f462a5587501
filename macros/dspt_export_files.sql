{# Facts on each export file, as a query: path, source_file, size_in_bytes, sha256, encoding, missing_columns and
   unexpected_columns (of its header), data_rows, and fault: why it cannot be read as CSV, in words, else null.
   Reading files is the adapter's business: here and in read_dspt_exports is where engines differ. #}
{% macro dspt_export_files() %}
    {{ return(adapter.dispatch('dspt_export_files')()) }}
{% endmacro %}

{# Where the exports are: DSPT_EXPORTS names a file, a folder or a glob. #}
{% macro dspt_exports_place() %}
    {% do return(env_var('DSPT_EXPORTS', '') or 'data/dspt') %}
{% endmacro %}

{% macro dspt_exports_glob() %}
    {%- set place = dspt_exports_place() -%}
    {%- set is_folder = '*' not in place and not place.lower().endswith('.csv') -%}
    {% do return(place.rstrip('/') ~ '/*.[cC][sS][vV]' if is_folder else place) %}
{% endmacro %}

{% macro duckdb__dspt_export_files() %}
    {%- set glob = dspt_exports_glob() | replace("'", "''") -%}
    {%- if execute and run_query("select * from glob('" ~ glob ~ "')") | length == 0 -%}
        {%- do exceptions.raise_compiler_error(
            "No DSPT export in " ~ dspt_exports_place()
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

    -- the lines without their quoted texts: a comma left is a border of columns, a quote left is in the wrong place
    skeletons as (
        select
            *,
            regexp_replace(content_text, '(^|[,\r\n])"([^"]|"")*"', '\1', 'g') as skeleton,
            list_filter(string_split_regex(skeleton, '\r?\n|\r'), lambda line: trim(line) != '') as lines,
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
            left(list_filter(lines, lambda line: contains(line, '"'))[1], 120) as misquoted_line,
            left(
                list_filter(lines, lambda line: regexp_replace(line, '[^,]', '', 'g') != borders)[1], 120
            ) as uneven_line,
            concat_ws(
                ', '
                {% for headers in dspt_columns().values() -%}
                , case
                    when len(list_filter(header, lambda name: name in ('{{ headers | join("', '") }}'))) > 1
                        then '"{{ headers[0] }}"'
                end
                {% endfor %}
            ) as doubled_columns
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
            when content[:2]::varchar in ('\xFF\xFE', '\xFE\xFF') then 'is UTF-16 text; save it as CSV UTF-8'
            when is_binary or contains(content_text, chr(0))
                then 'is not text (a spreadsheet or an archive?); save it as CSV UTF-8'
            when not regexp_matches(content_text, '\S') then 'is empty; download it again'
            when regexp_matches(content_text, '^\s*<') then 'is a web page, not an export; download it again'
            when borders = '' and regexp_matches(lines[1], '[;\t]')
                then 'is not separated by commas; download it again, or save it as CSV with commas'
            when len(regexp_replace(lines[-1], '[^"]', '', 'g')) % 2 = 1
                then 'is cut inside a quoted text; download it again'
            when misquoted_line is not null
                then 'has a quote that neither begins nor ends a text; put it right in the line: ' || misquoted_line
            when regexp_matches(skeleton, '\r\n') and regexp_matches(skeleton, '[^\r]\n|\r[^\n]')
                then 'mixes two kinds of line end; download it again'
            when uneven_line is not null
                then 'is cut or damaged; download it again. A row with other columns than the header: ' || uneven_line
            when len(lines) = 1 then 'has a header and no rows; download it again'
            when doubled_columns != '' then 'has two columns for ' || doubled_columns || '; keep the right one'
            -- the portal ends every row with a line break: without it the last column may be half a word
            when not regexp_matches(content_text, '[\r\n,"]$')
                then 'is cut inside its last row; download it again. It ends with: ' || left(lines[-1], 120)
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
