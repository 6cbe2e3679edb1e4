-- name: verdicts_of_receipt
-- The verdicts on the receipt "r", each as an array; the casts keep text whose bytes are no text from becoming something else.
(
        SELECT /* gather */(/* array */(
            v.item, CAST(v.kind AS TEXT), CAST(v.deployment_id AS TEXT), CAST(v.reason AS TEXT), CAST(v.sentence AS TEXT),
            CAST(v.subject AS TEXT)
        ))
        FROM verdict AS v
        WHERE v.organization_id = r.organization_id AND v.receipt_id = r.receipt_id
    )

-- name: head_of_lane(part, count)
-- The ids of the newest deployments in one part of the lane that "p" names.
(
        SELECT /* gather */(w.deployment_id)
        FROM (
            SELECT l.deployment_id
            FROM lane AS l
            WHERE l.organization_id = :organization_id
                AND l.lane_key = p.lane_key
                AND l.environment_key = p.environment_key
                AND l.part = '{part}'
                AND l.until_us = 9223372036854775807
            ORDER BY l.at_us DESC, l.placed_us DESC, l.sequence DESC, l.sender_id DESC, l.deployment_id DESC
            LIMIT {count}
        ) AS w
    )

-- name: standing_in_lane(part, count)
-- The newest deployments in one part of the lane that "p" names, each with its place, as they stood at a moment.
(
        SELECT /* gather */(/* array */(w.at_us, w.placed_us, w.sequence, w.sender_id, w.deployment_id))
        FROM (
            SELECT l.at_us, l.placed_us, l.sequence, l.sender_id, l.deployment_id
            FROM lane AS l
            WHERE l.organization_id = :organization_id
                AND l.lane_key = p.lane_key
                AND l.environment_key = p.environment_key
                AND l.part = '{part}'
                AND l.at_us <= :at_us
                AND l.until_us > :until_us
            ORDER BY l.at_us DESC, l.placed_us DESC, l.sequence DESC, l.sender_id DESC, l.deployment_id DESC
            LIMIT {count}
        ) AS w
    )

-- name: unchanged_in_lane(part, count)
-- The ids of the newest deployments in one part of the lane that "p" names, as they stood at a moment, among those of which
-- nothing was recorded after another one.
(
        SELECT /* gather */(w.deployment_id)
        FROM (
            SELECT l.deployment_id
            FROM lane AS l
            WHERE l.organization_id = :organization_id
                AND l.lane_key = p.lane_key
                AND l.environment_key = p.environment_key
                AND l.part = '{part}'
                AND l.at_us <= :at_us
                AND l.until_us > :until_us
                AND NOT EXISTS (
                    SELECT 1
                    FROM entry AS e
                    WHERE e.organization_id = l.organization_id
                        AND e.deployment_id = l.deployment_id
                        AND e.recorded_us > :as_of_us
                )
            ORDER BY l.at_us DESC, l.placed_us DESC, l.sequence DESC, l.sender_id DESC, l.deployment_id DESC
            LIMIT {count}
        ) AS w
    )

-- name: next_in_lane(part, sign, order)
-- The ids of the two deployments next to a place in one part of the lane that "p" names, before it ("<", DESC) or after (">", ASC).
(
        SELECT /* gather */(w.deployment_id)
        FROM (
            SELECT l.deployment_id
            FROM lane AS l
            WHERE l.organization_id = :organization_id
                AND l.lane_key = p.lane_key
                AND l.environment_key = p.environment_key
                AND l.part = '{part}'
                AND l.until_us = 9223372036854775807
                AND (l.at_us, l.placed_us, l.sequence, l.sender_id, l.deployment_id)
                    {sign} (:at_us, :placed_us, :sequence, :sender_id, :deployment_id)
            ORDER BY l.at_us {order}, l.placed_us {order}, l.sequence {order}, l.sender_id {order}, l.deployment_id {order}
            LIMIT 2
        ) AS w
    )

-- name: places_of_lanes
-- Each lane of some keys, by its key and its environment: an index seek for each, however many deployments there are.
place (lane_key, environment_key) AS (
    SELECT k.value, (
        SELECT f.environment_key
        FROM lane AS f
        WHERE f.organization_id = :organization_id AND f.lane_key = k.value
        ORDER BY f.environment_key
        LIMIT 1
    )
    FROM /* each_text(:keys, k) */
    UNION ALL
    SELECT p.lane_key, (
        SELECT n.environment_key
        FROM lane AS n
        WHERE n.organization_id = :organization_id AND n.lane_key = p.lane_key AND n.environment_key > p.environment_key
        ORDER BY n.environment_key
        LIMIT 1
    )
    FROM place AS p
    WHERE p.environment_key IS NOT NULL
)

-- name: counts_by_other_name
-- That a repository belongs to the services of another name, by the link "a": of its own, or of one that it may have had, unless
-- somebody has mapped it itself.
(
        a.is_guess = 0
        OR NOT EXISTS (
            SELECT 1
            FROM service_repository AS own
            WHERE own.organization_id = :organization_id AND own.repository_key IN (a.name_key, a.present_key)
        )
    )

-- name: examples_of_tier_places
-- An example of each environment that deployments name, with its tiers, as "named".
named (deployment_id) AS (
    SELECT (
        SELECT d.deployment_id
        FROM deployment AS d
        WHERE d.organization_id = :organization_id AND d.environment_id >= ''
        ORDER BY d.environment_id, d.environment_name, d.tier, d.said_tier
        LIMIT 1
    )
    UNION ALL
    SELECT coalesce(
        (
            SELECT n.deployment_id
            FROM deployment AS n
            WHERE n.organization_id = :organization_id
                AND n.environment_id = d.environment_id
                AND n.environment_name = d.environment_name
                AND n.tier = d.tier
                AND n.said_tier > d.said_tier
            ORDER BY n.said_tier
            LIMIT 1
        ),
        (
            SELECT n.deployment_id
            FROM deployment AS n
            WHERE n.organization_id = :organization_id
                AND n.environment_id = d.environment_id
                AND n.environment_name = d.environment_name
                AND n.tier > d.tier
            ORDER BY n.tier, n.said_tier
            LIMIT 1
        ),
        (
            SELECT n.deployment_id
            FROM deployment AS n
            WHERE n.organization_id = :organization_id
                AND n.environment_id = d.environment_id
                AND n.environment_name > d.environment_name
            ORDER BY n.environment_name, n.tier, n.said_tier
            LIMIT 1
        ),
        (
            SELECT n.deployment_id
            FROM deployment AS n
            WHERE n.organization_id = :organization_id AND n.environment_id > d.environment_id
            ORDER BY n.environment_id, n.environment_name, n.tier, n.said_tier
            LIMIT 1
        )
    )
    FROM named AS k
    CROSS JOIN deployment AS d
    WHERE d.organization_id = :organization_id AND d.deployment_id = k.deployment_id
)

-- name: of_a_silent_node
-- Claims of nodes that are not known to live.
claimed_by IS NOT NULL
    AND claimed_by NOT IN (SELECT node_id FROM node WHERE abs(seen_us - /* clock_us */) < CAST(:silent_us AS bigint))

-- name: target(t)
-- The columns of a target.
{t}.organization_id, {t}.target_id, {t}.kind, {t}.name, {t}.created_us, {t}.credential_id, {t}.address, {t}.topics,
       {t}.sealed_secret, {t}.previous_sealed_secret, {t}.previous_until_us, {t}.failures, {t}.opened_us, {t}.held_until_us

-- name: message(m)
-- The columns of a message.
{m}.organization_id, {m}.message_id, {m}.target_id, {m}.topic, {m}.subject_id, {m}.place, {m}.body, {m}.state, {m}.tries,
       {m}.attempts, {m}.written_us, {m}.since_us, {m}.due_us, {m}.ended_us, {m}.reason

-- name: claimed(m)
-- A node sends a message just now. A claim for too long was made while the clock was ahead.
({m}.claimed_by IS NOT NULL AND {m}.claimed_until_us > :now_us AND {m}.claimed_until_us <= :latest_claim_us)

-- name: unclaimed(m)
-- The contrary.
({m}.claimed_by IS NULL OR {m}.claimed_until_us <= :now_us OR {m}.claimed_until_us > :latest_claim_us)

-- name: sendable(d)
-- A message that may be sent now: of its subject the first that is pending, unless one is being sent. What is due after too long
-- was put off while the clock was ahead.
{d}.state = 'pending'
            AND ({d}.due_us <= :now_us OR {d}.due_us > :latest_due_us)
            AND /* unclaimed({d}) */
            AND NOT EXISTS (
                SELECT 1
                FROM outbox_message AS e
                WHERE e.organization_id = {d}.organization_id AND e.target_id = {d}.target_id AND e.state = 'pending'
                    AND e.subject_id = {d}.subject_id
                    AND e.place <> {d}.place
                    AND (e.place < {d}.place OR /* claimed(e) */)
            )

-- name: has_tokens_of(table, id, w)
-- That what "w" names has a token of a field in each of the ranges in :others.
NOT EXISTS (
        SELECT 1
        FROM /* each(:others, o) */
        WHERE NOT EXISTS (
            SELECT 1
            FROM {table} AS f
            WHERE f.organization_id = :organization_id
                AND f.{id} = {w}.{id}
                AND f.field = :field
                AND f.token >= o.value ->> 0
                AND f.token < o.value ->> 1
        )
    )

-- name: has_words_of(table, id, w)
-- The same for titles alone.
NOT EXISTS (
        SELECT 1
        FROM /* each(:others, o) */
        WHERE NOT EXISTS (
            SELECT 1
            FROM {table} AS f
            WHERE f.organization_id = :organization_id
                AND f.{id} = {w}.{id}
                AND f.token >= o.value ->> 0
                AND f.token < o.value ->> 1
        )
    )

-- name: columns_of_stretch
-- A deployment "d" as a stretch of time, with its lanes.
d.deployment_id, d.state, d.tier, d.environment_name, d.environment_key, d.started_us,
    CASE WHEN d.succeeded_us IS NOT NULL AND d.succeeded_us < d.ended_us THEN d.succeeded_us ELSE d.ended_us END,
    (
        SELECT r.commit_id
        FROM deployment_release AS r
        WHERE r.organization_id = :organization_id AND r.deployment_id = d.deployment_id AND r.ordinal = 0
    ),
    (
        SELECT /* gather */(l.lane_key)
        FROM lane AS l
        WHERE l.organization_id = :organization_id AND l.deployment_id = d.deployment_id
    )

-- name: is_wanted_stretch
-- That a deployment "d" is one that somebody wants to see.
(
            (:tier = '' OR d.tier = :tier)
            AND (
                NOT EXISTS (SELECT 1 FROM /* each(:environment_keys, e) */)
                OR d.environment_key IN /* texts(:environment_keys) */
                OR d.environment_id = :environment_id
            )
        )
