/** The mirror had an index for each field of each object: those go, and the views bring one for each field. */
export const sql = (s: string): string => /* sql */ `
DO $$
DECLARE name text;
BEGIN
  FOR name IN
    SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = '${s}.mirror'::regclass AND c.relname LIKE 'mirror\\_stripe\\_%'
  LOOP
    EXECUTE format('DROP INDEX ${s}.%I', name);
  END LOOP;
END $$;
`;
