"""How each queue stands is kept beside it, by triggers: whatever writes a claim, an older version beside this one too, keeps the sums true."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

RUNS = ["shop_id", "item_id", "location_id", "run", "units"]

# What became more is put there or added. What became less is taken off, if it is still there: a shop's books may be on their way out.
FUNCTION = """
CREATE FUNCTION claims_stand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO standings AS s (shop_id, item_id, location_id, run, claims, units)
    SELECT shop_id, item_id, location_id, coalesce(run, -1), count(*), sum(units) FROM fresh GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (shop_id, item_id, location_id, run) DO UPDATE SET claims = s.claims + excluded.claims, units = s.units + excluded.units;
    RETURN NULL;
  ELSIF TG_OP = 'UPDATE' THEN
    WITH moved AS (
      SELECT shop_id, item_id, location_id, run, sum(n) AS claims, sum(units) AS units
        FROM (SELECT shop_id, item_id, location_id, coalesce(run, -1) AS run, 1 AS n, units FROM fresh
              UNION ALL
              SELECT shop_id, item_id, location_id, coalesce(run, -1), -1, -units FROM gone) both_ways
       GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0 OR sum(units) <> 0 ORDER BY 1, 2, 3, 4
    ), more AS (
      INSERT INTO standings AS s (shop_id, item_id, location_id, run, claims, units) SELECT * FROM moved WHERE claims > 0
      ON CONFLICT (shop_id, item_id, location_id, run) DO UPDATE SET claims = s.claims + excluded.claims, units = s.units + excluded.units
    )
    UPDATE standings s SET claims = s.claims + m.claims, units = s.units + m.units FROM moved m
     WHERE (s.shop_id, s.item_id, s.location_id, s.run) = (m.shop_id, m.item_id, m.location_id, m.run) AND m.claims <= 0;
  ELSE
    UPDATE standings s SET claims = s.claims - m.claims, units = s.units - m.units
      FROM (SELECT shop_id, item_id, location_id, coalesce(run, -1) AS run, count(*) AS claims, sum(units) AS units
              FROM gone GROUP BY 1, 2, 3, 4) m
     WHERE (s.shop_id, s.item_id, s.location_id, s.run) = (m.shop_id, m.item_id, m.location_id, m.run);
  END IF;
  IF FOUND THEN
    DELETE FROM standings s USING (SELECT DISTINCT shop_id, item_id, location_id, coalesce(run, -1) AS run FROM gone) g
     WHERE (s.shop_id, s.item_id, s.location_id, s.run) = (g.shop_id, g.item_id, g.location_id, g.run) AND s.claims = 0 AND s.units = 0;
  END IF;
  RETURN NULL;
END $$
"""
ON_POSTGRESQL = (
    FUNCTION,
    """
    CREATE TRIGGER claims_stand_insert AFTER INSERT ON claims
    REFERENCING NEW TABLE AS fresh EXECUTE FUNCTION claims_stand()
    """,
    """
    CREATE TRIGGER claims_stand_update AFTER UPDATE ON claims
    REFERENCING NEW TABLE AS fresh OLD TABLE AS gone EXECUTE FUNCTION claims_stand()
    """,
    """
    CREATE TRIGGER claims_stand_delete AFTER DELETE ON claims
    REFERENCING OLD TABLE AS gone EXECUTE FUNCTION claims_stand()
    """,
)
ON_SQLITE = (
    """
    CREATE TRIGGER claims_stand_insert AFTER INSERT ON claims BEGIN
      INSERT INTO standings (shop_id, item_id, location_id, run, claims, units)
      VALUES (NEW.shop_id, NEW.item_id, NEW.location_id, coalesce(NEW.run, -1), 1, NEW.units)
      ON CONFLICT (shop_id, item_id, location_id, run) DO UPDATE SET claims = claims + 1, units = units + excluded.units;
    END
    """,
    """
    CREATE TRIGGER claims_stand_update AFTER UPDATE OF item_id, location_id, run, units ON claims
    WHEN OLD.run IS NOT NEW.run OR OLD.units <> NEW.units OR OLD.item_id <> NEW.item_id OR OLD.location_id <> NEW.location_id BEGIN
      UPDATE standings SET claims = claims - 1, units = units - OLD.units
       WHERE shop_id = OLD.shop_id AND item_id = OLD.item_id AND location_id = OLD.location_id AND run = coalesce(OLD.run, -1);
      DELETE FROM standings
       WHERE shop_id = OLD.shop_id AND item_id = OLD.item_id AND location_id = OLD.location_id AND run = coalesce(OLD.run, -1)
         AND claims = 0 AND units = 0;
      INSERT INTO standings (shop_id, item_id, location_id, run, claims, units)
      VALUES (NEW.shop_id, NEW.item_id, NEW.location_id, coalesce(NEW.run, -1), 1, NEW.units)
      ON CONFLICT (shop_id, item_id, location_id, run) DO UPDATE SET claims = claims + 1, units = units + excluded.units;
    END
    """,
    """
    CREATE TRIGGER claims_stand_delete AFTER DELETE ON claims BEGIN
      UPDATE standings SET claims = claims - 1, units = units - OLD.units
       WHERE shop_id = OLD.shop_id AND item_id = OLD.item_id AND location_id = OLD.location_id AND run = coalesce(OLD.run, -1);
      DELETE FROM standings
       WHERE shop_id = OLD.shop_id AND item_id = OLD.item_id AND location_id = OLD.location_id AND run = coalesce(OLD.run, -1)
         AND claims = 0 AND units = 0;
    END
    """,
)


def upgrade() -> None:
    """Widen. The triggers come first, so that nothing is written between them and the counting."""
    op.create_table(
        "standings",
        sa.Column("shop_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("location_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "item_id", "location_id", "run", name=op.f("pk_standings")),
    )
    for statement in ON_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else ON_SQLITE:
        op.execute(statement)
    op.execute(
        """
        INSERT INTO standings (shop_id, item_id, location_id, run, claims, units)
        SELECT shop_id, item_id, location_id, coalesce(run, -1), count(*), sum(units) FROM claims GROUP BY 1, 2, 3, 4
        """
    )
    op.drop_index("ix_claims_runs", table_name="claims")


def downgrade() -> None:
    """Back to sums over the whole queue."""
    op.create_index("ix_claims_runs", "claims", RUNS, unique=False)
    on_claims = " ON claims" if op.get_bind().dialect.name == "postgresql" else ""
    for of in ("insert", "update", "delete"):
        op.execute(f"DROP TRIGGER claims_stand_{of}{on_claims}")
    if on_claims:
        op.execute("DROP FUNCTION claims_stand()")
    op.drop_table("standings")
