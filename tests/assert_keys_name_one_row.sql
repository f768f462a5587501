-- Why: a duplicate row in a seed, or a step that doubles one, changes figures far from the cause. This one query has
-- the keys of all seeds and steps: a test for each would add 30 ms to a build and find nothing more. The marts have
-- theirs next to their columns (`primary_key`). No key may occur twice, and no column of it may be null unless it ends
-- in `?`.
{% set keys = {
    'dspt_editions': 'edition',
    'dspt_outcomes': 'outcome',
    'dspt_sectors': 'sector_as_exported',
    'dspt_status_labels': 'label',
    'organisation_types': 'organisation_type',
    'dspt_exports': 'source_file',
    'sector_standings': 'standing',
    'dq_checks': 'check_name',
    'ods_commissioners': 'release_date, organisation_code',
    'ods_coordinates': 'organisation_code',
    'ods_corrections': 'correction, organisation_code, successor_code?',
    'ods_csus': 'release_date, organisation_code',
    'ods_dispenser_types': 'dispenser_type',
    'ods_icbs': 'release_date, icb_code',
    'ods_prescribing_settings': 'prescribing_setting',
    'ods_statuses': 'status',
    'ods_successions': 'predecessor_code, successor_code, effective_on',
    'ods_trusts': 'release_date, organisation_code',
    'display_words': 'word',
    'ons_icbs': 'release_date, icb_code',
    'ons_registered_patients': 'geography_from, sub_icb_location_code',
    'ons_regions': 'release_date, region_code',
    'ons_sub_icb_locations': 'release_date, sub_icb_location_code',
    'releases': 'version',
    'release_changes': 'version, change_order',
    'published_figures': 'publication, figure, organisation_type?, icb_code?, outcome?',
    'published_differences': 'publication, figure, organisation_type?, icb_code?, outcome?',
    'stg_dspt__exports': 'source_file',
    'stg_dspt__export_findings': 'source_file, check_name',
    'stg_dspt__search_results': 'organisation_code, first_snapshot_date',
    'stg_ods__dispensaries': 'release_date, organisation_code',
    'stg_ods__gp_practices': 'release_date, organisation_code',
    'int_editions': 'edition',
    'int_snapshots_reported': 'snapshot_date',
    'int_snapshot_series': 'snapshot_date, edition',
    'int_snapshots_compared': 'comparison, to_snapshot_date',
    'int_assessments_parsed': 'organisation_code, first_snapshot_date',
    'int_organisations_assessed': 'snapshot_date, organisation_code',
    'int_statuses_understood': 'form, status?',
    'int_outcomes_held': 'organisation_code, edition, held_from',
    'int_outcomes_own': 'organisation_code, reporting_edition, held_from',
    'int_successions_walked': 'snapshot_date, path',
    'int_successions_corrected': 'predecessor_code, successor_code',
    'int_outcomes_inherited': 'snapshot_date, organisation_code',
    'int_outcomes_compared': 'comparison, to_snapshot_date, organisation_code',
    'int_icbs_at_census': 'snapshot_date, icb_code',
    'int_locations_at_census': 'snapshot_date, location_code',
    'int_sector_expected': 'organisation_code, held_from',
    'int_sector_runs': 'organisation_code, held_from',
    'int_sector_standing': 'organisation_code, held_from',
    'int_standings_counted': 'snapshot_date, sector, listed_place_code?, standing, is_dormant',
    'int_listed_places': 'snapshot_date, sector, listed_place_code',
    'int_sector_lists': 'sector, organisation_code, listed_from?',
    'int_icbs_released': 'release_date, icb_code',
    'int_organisations_in_scope': 'snapshot_date, organisation_code',
    'int_organisations_placed': 'snapshot_date, organisation_code',
    'int_organisation_releases': 'source, release_date, organisation_code',
    'int_organisation_periods': 'organisation_code',
    'int_display_names': 'organisation_name',
    'int_sub_icb_locations_released': 'release_date, organisation_code',
    'int_trusts_released': 'release_date, organisation_code',
    'int_commissioners_placed': 'snapshot_date, commissioner_as_exported',
    'int_assessments_counted':
        'snapshot_date, sector, sector_as_exported?, edition?, outcome, is_late, is_undated, is_outside',
    'int_commissioner_scores': 'snapshot_date, icb_code',
    'int_icb_scores': 'snapshot_date, icb_code',
    'int_icb_rank_steps': 'snapshot_date, icb_code',
    'published_list_counts': 'publication',
    'int_list_counts_published': 'publication',
    'int_trusts_by_own_code': 'snapshot_date, outcome',
    'int_figures_published': 'publication, figure, organisation_type?, icb_code?, outcome?',
    'int_doubts': 'snapshot_date, doubt',
    'int_doubts_on_changes': 'snapshot_date, doubt',
    'int_doubts_on_dates': 'snapshot_date, doubt',
    'int_doubts_on_files': 'snapshot_date, doubt',
    'int_doubts_on_movements': 'snapshot_date, doubt',
    'int_doubts_on_names': 'snapshot_date, doubt',
    'int_doubts_on_scope': 'snapshot_date, doubt',
    'int_outcome_movements': 'snapshot_date, date_before, organisation_type, outcome',
    'int_names_compared': 'organisation_code, first_snapshot_date',
    'int_compliance': 'snapshot_date, organisation_code',
} %}
with problems as (
    {% for name, columns in keys.items() -%}
        {% set key = columns | replace('?', '') -%}
        select
            '{{ name }}' as relation,
            concat_ws(', ', {{ key }}) as key_of_row
        from {{ ref(name) }}
        group by {{ key }}
        having
            count(*) > 1
            {%- for column in columns.split(', ') if not column.endswith('?') %}
                or {{ column }} is null
            {%- endfor %}
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from problems
