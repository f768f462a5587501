# Each recipe is one line, which works as well without make: python -m tasks report
PYTHON ?= python3

.PHONY: report preview diff release verify bench test test-all test-engines faults mutants lint types lock licences audit exposures overview serve reference refresh

# build, test and publish the database and the site, if anything changed: make report [FULL=1], all from nothing
report:
	$(PYTHON) -m tasks report $(if $(FULL),full)

# what an export would publish, into preview/: make preview EXPORT=~/Downloads/....csv
preview:
	$(PYTHON) -m tasks preview "$(EXPORT)"

# what this tree would publish otherwise, as Markdown: make diff [BASE=<git ref or database>]
diff:
	@$(PYTHON) -m tasks diff $(if $(BASE),"$(BASE)")

# write the record of a release from a commit: make release VERSION=1.2.0 [COMMIT=<an older one>]
release:
	@$(PYTHON) -m tasks release "$(VERSION)" $(if $(COMMIT),"$(COMMIT)")

# build a release anew, else all, and compare every table with its record: make verify [RELEASE=1.1.0]
verify:
	@$(PYTHON) -m tasks verify $(if $(RELEASE),"$(RELEASE)")

# lint, build with all tests, run the fast Python tests: make test [ONLY=<part of a name>]
test:
	$(PYTHON) -m tasks test $(if $(ONLY),"$(ONLY)")

# the rest: axe, Lighthouse, hostile names, kills, worlds, mutants, engines
test-all:
	$(PYTHON) -m tasks test-all

# the long form of the fault tests: kills, full disks, spoilt inputs (many minutes)
faults:
	$(PYTHON) -m tasks faults

# whether the tests see small changes of the SQL (minutes): make mutants [MODELS=agg_]
mutants:
	$(PYTHON) -m tasks mutants $(if $(MODELS),--models $(MODELS))

# the same rows from DuckDB, Spark and dbt Fusion, or from a cluster of Spark: make test-engines [DATA=default] [CLUSTER=1]
test-engines:
	$(PYTHON) -m tasks test-engines $(DATA) $(if $(CLUSTER),cluster)

# the layout of Python and SQL
lint:
	$(PYTHON) -m tasks lint

# the types of the Python
types:
	$(PYTHON) -m tasks types

# pin what pyproject.toml asks for, with hashes: make lock [UPGRADE=1]
lock:
	$(PYTHON) -m tasks lock $(if $(UPGRADE),--upgrade)

# the licence of every package
licences:
	$(PYTHON) -m tasks licences

# known vulnerabilities of what is pinned
audit:
	$(PYTHON) -m tasks audit

# measure builds, and how they grow with the exports: make bench [NUMBERS="1 10 100 1000"]
bench:
	$(PYTHON) -m tasks bench $(NUMBERS)

# write which marts each page reads: models/marts/_exposures.yml
exposures:
	$(PYTHON) -m tasks exposures

# take the picture of the README from the published site: docs/overview.png
overview:
	$(PYTHON) -m tasks overview

# show the site on http://127.0.0.1:8000
serve:
	$(PYTHON) -m tasks serve

# add official files to the seeds: make reference FROM=folder [RELEASE=2026-07-01] [ACCEPT="etr.csv"]
reference:
	$(PYTHON) -m tasks reference "$(FROM)" $(if $(RELEASE),--release $(RELEASE)) $(if $(ACCEPT),--accept "$(ACCEPT)")

# download today's official files and add them to the seeds: make refresh [RELEASE=2026-07-20] [ACCEPT="etr.csv"]
refresh:
	$(PYTHON) -m tasks refresh $(if $(RELEASE),--release $(RELEASE)) $(if $(ACCEPT),--accept "$(ACCEPT)")
