-- name: note_unfinished(name, remedy, is_barred, began_us)!
-- An operation of several steps begins, or goes on.
INSERT INTO unfinished (name, remedy, is_barred, began_us)
VALUES (:name, :remedy, :is_barred, :began_us)
ON CONFLICT (name) DO UPDATE SET remedy = excluded.remedy, is_barred = excluded.is_barred;

-- name: forget_unfinished(name)!
-- An operation is finished.
DELETE FROM unfinished WHERE name = :name;

-- name: list_unfinished()
-- The operations that are under way or were interrupted, oldest first.
SELECT name, remedy, is_barred, began_us FROM unfinished ORDER BY began_us, name;
