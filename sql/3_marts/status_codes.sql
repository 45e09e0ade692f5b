-- What each status means; also each one met that nobody documented.
-- Grain: one row per status.
-- Key: code
-- Reads: seeds.status_codes, staging.message_versions
-- Note: met is met ever; status_changes tells of statuses that no message has any more.
with

undocumented as (
    select status as code, coalesce(min(status_title), 'Undocumented') as label
    from staging.message_versions
    where status is not null and status not in (select code from seeds.status_codes)
    group by status
),

final as (
    select code::integer as code, label_en, label_fr, outcome, is_final
    from seeds.status_codes
    union all
    select code, label as label_en, label as label_fr, 'unknown' as outcome, false as is_final
    from undocumented
    order by code
)

select * from final
