-- Who was in scope, where, with what outcome and how many points, once nothing speaks against the exports: the ledger
-- that every published figure comes from.
-- Grain: one row per snapshot and organisation in scope. depends_on: {{ ref('int_doubts') }}
{{ config(materialized='view') }}
select * from {{ ref('int_organisations_assessed') }}
