-- The formulas of docs/model/ in SQL, for rows without a p99 goal, under the default policy. duckdb_plan.py sets the
-- variables `fleet`, `machines` and `output` to paths, makes the table `profile`, and times the second of three parts.
--
-- Rules: cpu, slots, memory, network, zone and the minimum of two instances. Left out: goals, catch-up, skew, events in
-- flight other than 1, what is produced, and handler kinds other than `decode`. No load, latency, partitions, reasons
-- or recommendations are worked out.

-- part: read

CREATE TEMP TABLE listed AS
SELECT * FROM read_csv(getvariable('machines'), comment = '#');

CREATE TEMP TABLE machine AS
SELECT instance_type, vcpus::DOUBLE AS vcpus, vcpu_speed AS machine_speed, 0.85 * memory_gib * 2 ** 30 AS usable,
       coalesce(0.70 * network_gbps * 1e9, 'inf') AS network, on_demand_usd_per_hour AS price, provider, region,
       row_number() OVER (ORDER BY memory_gib, instance_type) AS by_memory,
       row_number() OVER (ORDER BY on_demand_usd_per_hour) AS by_price
FROM listed
WHERE region = 'us-east-1' AND vcpu_speed IS NOT NULL AND speed_basis <> 'provisional'
  AND on_demand_usd_per_hour IS NOT NULL;

CREATE TEMP TABLE fleet AS
SELECT row_number() OVER () AS id, *
FROM read_csv(getvariable('fleet'), types = {
    'events_per_day': 'DOUBLE', 'event_size': 'DOUBLE', 'io_ratio': 'DOUBLE', 'handler_ms': 'DOUBLE',
    'peak_factor': 'DOUBLE', 'partitions': 'DOUBLE', 'p99_ms': 'DOUBLE'});

-- part: plan

-- What an event takes in each runtime, without the fetch (sections 3.1 to 3.3).
CREATE TEMP TABLE load AS
WITH today AS (
    SELECT fleet.id, events_per_day / 86400 * peak_factor AS peak, event_size AS bytes, partitions,
           handler_ms / 1e3 * io_ratio AS wait, if(io_ratio > 0, 1, 0) AS calls,
           greatest(0, (handler_ms / 1e3 - wait) * vcpu_speed
                       - calls * (call + call_per_byte * bytes) * profile_speed) / factor AS plain
    FROM fleet
    JOIN profile ON runtime = current_runtime
    JOIN (SELECT instance_type, any_value(vcpu_speed) AS vcpu_speed FROM listed GROUP BY ALL)
        ON instance_type = current_machine)
SELECT id, peak, bytes, partitions, wait, profile.*,
       profile_speed * (per_event + per_byte * bytes + calls * (call + call_per_byte * bytes)) + plain * factor
           AS demand,
       held + held_per_byte * bytes AS event_bytes
FROM today CROSS JOIN profile;

-- The least members of which none gets more than `share` of the events; NULL where a partition is too hot.
CREATE TEMP MACRO members_for(share, partitions) AS
    if(partitions IS NULL, ceil(1 / share), ceil(partitions / nullif(floor(least(share, 1) * partitions), 0)));

-- Rows on machine types, `pairs` having the ids of both and the bill in hand. `least` is a count that no answer is
-- below, and for threads the answer; NULL where there is none. members and members_d are what all have to have together
-- with all up and a zone lost, work the processes that it takes if all are always busy.
CREATE TEMP MACRO bounded(pairs) AS TABLE
SELECT id, runtime, threads, by_memory, price, vcpus, usable, peak, wait, partitions, event_bytes, process_bytes,
       demand / machine_speed AS s,
       idle_cores * profile_speed / machine_speed AS idle,
       if(threads, vcpus / (1 + sigma * (vcpus - 1) + kappa * vcpus * (vcpus - 1)) - idle, 1 - idle) / s AS member,
       peak * s / (1 - idle) AS work,
       usable - process_bytes - if(threads, vcpus * thread_bytes, 0) AS free,
       floor(usable / process_bytes) AS most,
       network / (8 * bytes) AS network_rate,
       if(NOT threads OR partitions * event_bytes <= free, 'inf', free / event_bytes / (10 * s + wait)) AS memory_rate,
       if(threads, 'inf', 1 / (s + wait)) AS slot_rate,
       members_for(least(0.7 * member, 0.7 * slot_rate) / peak, partitions) AS members,
       members_for(if(threads, least(0.9 * member, network_rate, memory_rate), least(0.9 * member, 0.9 * slot_rate))
                   / peak, partitions) AS members_d,
       if(threads, members, greatest(ceil(work / (0.7 * vcpus)), ceil(members / most))) AS up,
       if(threads, members_d, greatest(ceil(work / (0.9 * vcpus)), ceil(peak / network_rate), ceil(members_d / most)))
           AS alive,
       if(members IS NULL OR members_d IS NULL OR member <= 0 OR free < 0
          OR threads AND coalesce(peak / partitions * (s + wait) > 0.7, false),
          NULL, greatest(2, up, ceil(alive * 1.5))) AS least
FROM query_table(pairs)
JOIN load USING (id, runtime)
JOIN machine USING (by_memory)
WHERE least * price <= coalesce(in_hand, 'inf') + 1e-9;

-- The least count from the bound up for which some number of workers w meets every rule.
CREATE TEMP MACRO solved(pairs) AS TABLE
WITH RECURSIVE tried AS (
    SELECT *, least - 1 AS n, NULL::DOUBLE AS w FROM bounded(pairs)
    UNION ALL
    SELECT * EXCLUDE (n, w, next, remain, cores, need), next AS n,
           CASE WHEN threads THEN vcpus
                WHEN least(need, vcpus) - need * idle >= cores * (1 - idle)
                     AND need * process_bytes + event_bytes
                         * least(peak / remain * (10 * s + wait), coalesce(partitions, 'inf'), need) <= usable
                THEN need END AS w
    FROM (SELECT *, n + 1 AS next, next - ceil(next / 3) AS remain,
                 greatest(work / (0.7 * next), work / (0.9 * remain)) AS cores,
                 greatest(ceil(cores), ceil(members / next), ceil(members_d / remain), 1) AS need
          FROM tried WHERE w IS NULL))
SELECT id, runtime, by_memory, price, n, w FROM tried WHERE w IS NOT NULL;

-- First on the types of the lowest prices. Then on all others of which two are not dearer than that.
CREATE TEMP TABLE first_pairs AS
SELECT id, runtime, by_memory, NULL::DOUBLE AS in_hand FROM load CROSS JOIN machine WHERE by_price <= 8;

CREATE TEMP TABLE first_plans AS FROM solved('first_pairs');

CREATE TEMP TABLE other_pairs AS
WITH best AS (SELECT id, runtime, min(n * price) AS in_hand FROM first_plans GROUP BY ALL)
SELECT id, runtime, by_memory, in_hand
FROM load LEFT JOIN best USING (id, runtime)
JOIN machine ON by_price > 8 AND 2 * price <= coalesce(in_hand, 'inf') + 1e-9;

CREATE TEMP TABLE plan AS
SELECT id, runtime, by_memory, n, w, n * price * 730 AS bill
FROM (FROM first_plans UNION ALL FROM solved('other_pairs'))
QUALIFY row_number() OVER (PARTITION BY id, runtime ORDER BY round(n * price * 730e6), n, by_memory) = 1;

-- part: write

COPY (
    SELECT name AS workload, profile.runtime, n IS NOT NULL AS feasible, provider, region, instance_type,
           n::BIGINT AS instances, w::BIGINT AS workers_per_instance, bill AS usd_per_month,
           bill / (events_per_day * (730 / 24 / 1e6)) AS usd_per_million_events
    FROM fleet CROSS JOIN profile
    LEFT JOIN plan ON plan.id = fleet.id AND plan.runtime = profile.runtime
    LEFT JOIN machine USING (by_memory)
    ORDER BY fleet.id, profile.place
) TO (getvariable('output')) (HEADER);
