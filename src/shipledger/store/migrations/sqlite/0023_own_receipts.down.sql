DROP INDEX receipt_own;
