-- Un rôle pour le service, qui ajoute au registre et aux événements sans jamais les réécrire.
-- Le propriétaire de la base fait les migrations (guichet serve une première fois, avec son adresse), puis lance :
--   psql "$ADRESSE_DU_PROPRIETAIRE" -f outils/role-postgres.sql
-- et le service tourne avec l’adresse de guichet_app. À relancer après chaque migration.
DO $$ BEGIN
    CREATE ROLE guichet_app LOGIN;
EXCEPTION WHEN duplicate_object THEN
    NULL;
END $$;
DO $$ BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO guichet_app', current_schema());
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO guichet_app', current_schema());
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO guichet_app', current_schema());
END $$;
REVOKE UPDATE, DELETE, TRUNCATE ON journal, evenement FROM guichet_app;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON goose_db_version FROM guichet_app;
