-- name: in_state
-- In a state, as it is shown.
d.state = :state

-- name: in_tier
-- In a tier, by the rules of the organization.
d.tier = :tier

-- name: from_source
-- Recorded by a protocol.
d.source = :source

-- name: in_environment_with_id
-- In the environment with an id.
d.environment_id = :environment_id

-- name: in_environment_with_name
-- In an environment with a name, as names compare.
d.environment_key = :environment_key

-- name: in_environment
-- In an environment with an id, or with one of its names.
(d.environment_id = :environment_id OR d.environment_key IN /* texts(:environment_keys) */)

-- name: with_text
-- With a text in what people read.
d.search LIKE :pattern ESCAPE '\'

-- name: by_person
-- By a person.
EXISTS (
    SELECT 1
    FROM deployment_alias AS p
    WHERE p.organization_id = d.organization_id
        AND p.scope = 'person'
        AND p.key IN /* texts(:person_keys) */
        AND p.deployment_id = d.deployment_id
)

-- name: of_repository
-- Of a repository.
EXISTS (
    SELECT 1
    FROM deployment_release AS o
    WHERE o.organization_id = d.organization_id
        AND o.deployment_id = d.deployment_id
        AND o.repository_key IN /* texts(:repository_keys) */
)

-- name: of_commit
-- Of a commit, by the beginning of its id.
EXISTS (
    SELECT 1
    FROM deployment_release AS o
    WHERE o.organization_id = d.organization_id
        AND o.deployment_id = d.deployment_id
        AND lower(substr(o.commit_id, 1, 128)) >= :commit_from
        AND lower(substr(o.commit_id, 1, 128)) < :commit_until
)

-- name: of_commit_of_repository
-- Of a commit of a repository.
EXISTS (
    SELECT 1
    FROM deployment_release AS o
    WHERE o.organization_id = d.organization_id
        AND o.deployment_id = d.deployment_id
        AND o.repository_key IN /* texts(:repository_keys) */
        AND lower(substr(o.commit_id, 1, 128)) >= :commit_from
        AND lower(substr(o.commit_id, 1, 128)) < :commit_until
)
