{# The columns of a DSPT export: our name, and the headers that the portal has given it over the years, newest first,
   in lower case. A header that is new goes here.
   2019: OrganisationName, ODSCode, PublicationStatus, DateOfPublication, PrimarySector, CCG (from ODS and CQC).
   2020: Code, Organisation Name, Latest Status, Date Of Publication, Primary Sector, Commissioner (From ODS).
   2022: Status. 2023: Integrated Care Board (where available, from ODS). #}
{% macro dspt_columns() %}
    {% do return({
        'organisation_code': ['code', 'odscode'],
        'organisation_name': ['organisation name', 'organisationname'],
        'status': ['status', 'latest status', 'publicationstatus'],
        'published_on': ['date of publication', 'dateofpublication'],
        'sector': ['primary sector', 'primarysector'],
        'commissioner': [
            'integrated care board (where available, from ods)', 'commissioner (from ods)', 'ccg (from ods and cqc)'
        ],
    }) %}
{% endmacro %}
