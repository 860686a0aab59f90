"""The readers of official tables: what each file is, who publishes it, on what terms, and what reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from heartland.evidence.readers.base import Imported, Reader, Settings

__all__ = ["TABLE_READERS"]

PLACE = "heartland.evidence.readers"
COW = "Correlates of War Project"
COW_URL = "https://correlatesofwar.org/data-sets/"
ACADEMIC = "free academic use with citation"
OPEN = "CC BY 4.0"
SPELLS = {"spells": "yes (default) joins years of one value into a spell; no: one row a year"}
CODES = {"codes": "indicator codes to keep, separated by ;"}
MAP = {"map": "YAML file that says what the columns are (needed)"}


def _reader(
    name: str, reads: str, *, title: str, publisher: str, layout: str, citation: str, licence: str, url: str,
    stem: str = "", table: str = "observations", options: Mapping[str, str] | None = None,
    references: tuple[str, ...] = (),
) -> Reader:  # fmt: skip
    """A reader whose module is imported at its first call.

    reads : `module.function`;  publisher : a year at its end is dropped;  stem : source id before the version
    """
    module, _, function = reads.partition(".")

    def read(path: Path, settings: Settings) -> Imported:
        from heartland.evidence.readers.job import read_table

        return read_table(reader, f"{PLACE}.{module}", function, stem or name, Path(path), settings)

    reader = Reader(
        name, title, re.sub(r" [0-9]{4}$", "", publisher), layout, citation, licence, url, table, read,
        MappingProxyType(options or {}), references,
    )  # fmt: skip
    return reader


TABLE_READERS: tuple[Reader, ...] = (
    _reader(
        "cow-trade", "trade.cow_trade", title="COW Bilateral Trade, dyadic", publisher=COW,
        layout="Dyadic_COW_4.0.csv: ccode1, ccode2, year, importer1, importer2, flow1, flow2, smoothflow1, "
        "smoothflow2, ... million USD, -9 unknown",
        citation="Barbieri, Keshk and Pollins 2009: Conflict Management and Peace Science 26(5)",
        references=("barbieri-2009",),
        licence=f"{ACADEMIC}; redistribution terms unknown", url=f"{COW_URL}bilateral-trade/",
        options={
            "as": "directed (default): importer-reported flows; turnover: both directions added, and totals",
            "smooth": "yes takes the smoothed flows; no (default)",
        },
    ),
    _reader(
        "nmc", "security.nmc", title="National Material Capabilities", publisher=COW, stem="cow-nmc",
        layout="NMC-60-abridged.csv: stateabb, ccode, year, milex, milper, irst, pec, tpop, upop, cinc, "
        "version; thousands, -9 unknown",
        citation="Singer 1987: Reconstructing the correlates of war dataset, International Interactions 14",
        references=("singer-1987",),
        licence=ACADEMIC, url=f"{COW_URL}national-material-capabilities/", table="capabilities",
        options={
            "as": "capabilities (default): the bulk table, with world sums; observations: indicators",
            "columns": "components to keep, separated by ;",
        },
    ),
    _reader(
        "cow-alliances", "security.cow_alliances", title="Formal Alliances, by dyad and year", publisher=COW,
        layout="alliance_v4.1_by_dyad_yearly.csv or ..._by_directed_yearly.csv: version4id, ccode1, "
        "state_name1, ccode2, state_name2, ..., defense, neutrality, nonaggression, entente, year, version",
        citation="Gibler 2009: International Military Alliances 1648-2008, CQ Press",
        references=("gibler-2009",),
        licence=ACADEMIC, url=f"{COW_URL}formal-alliances/",
        options={"form": "dyadic or directed; the file's name says which", **SPELLS},
    ),
    _reader(
        "atop", "security.atop", title="Alliance Treaty Obligations and Provisions, directed dyad-year",
        publisher="ATOP project",
        layout="atop5_1ddyr.csv: stateA, stateB, year, ..., defense, offense, neutral, nonagg, consul, ...",
        citation="Leeds, Ritter, Mitchell and Long 2002: International Interactions 28(3)",
        references=("leeds-2002",),
        licence=ACADEMIC, url="http://www.atopdata.org/data.html", options=SPELLS,
    ),
    _reader(
        "cow-igo", "assembly.cow_igo", title="Intergovernmental Organizations", publisher=COW,
        layout="state_year_formatv3.csv: ccode, year, state, one column an organisation (0 none, 1 full, "
        "2 associate, 3 observer, -9 unknown, -1 not in being); or dyadic_formatv3.csv: ccode1, ccode2, year",
        citation="Pevehouse, Nordstrom, McManus and Jamison 2020: Journal of Peace Research 57(3)",
        references=("pevehouse-2020",),
        licence=ACADEMIC, url=f"{COW_URL}igos/",
        options={"members": "COLUMN:actor;... gives spells for memberships.csv instead (state file)"},
    ),
    _reader(
        "unga-votes", "assembly.unga_votes", title="General Assembly voting data, roll calls",
        publisher="Harvard Dataverse", table="votes", stem="un-votes",
        layout="UNVotes.csv: rcid, session, ccode, vote (1 yes, 2 abstain, 3 no, 8 absent, 9 no member), ...",
        citation="Voeten, Strezhnev and Bailey 2009: United Nations General Assembly Voting Data",
        references=("un-votes-2019",),
        licence="CC0-1.0", url="https://doi.org/10.7910/DVN/LEJUQZ",
    ),
    _reader(
        "ideal-points", "assembly.ideal_points", title="Dynamic ideal points from roll calls",
        publisher="Harvard Dataverse", table="ideal_points", stem="bsv",
        layout="IdealpointestimatesAll_Jun2024.csv: ccode, session, NVotesAll, IdealPointAll, Q5%All, "
        "Q95%All, ...",
        citation="Bailey, Strezhnev and Voeten 2017: Journal of Conflict Resolution 61(2)",
        references=("bailey-2017",),
        licence="CC0-1.0", url="https://doi.org/10.7910/DVN/LEJUQZ",
        options={
            "as": "ideal_points (default): the bulk table; observations: the indicator",
            "release": "release of the scale; else the year in the file's name",
        },
    ),
    _reader(
        "sipri-trade-register", "security.sipri", title="Arms Transfers Database, trade register",
        publisher="Stockholm International Peace Research Institute", stem="sipri-at",
        layout="export of the register after lines of explanation: SIPRI AT Database ID, Supplier, "
        "Recipient, ..., Delivery year, ..., TIV delivery values; or, before 2023: Recipient, Supplier, Year "
        "of order, ..., Year(s) of delivery, ..., SIPRI TIV of delivered weapons; comma or semicolon",
        citation="SIPRI 2026: Arms Transfers Database", references=("sipri-at-2026",),
        licence="copyright SIPRI: limited re-use with credit, no bulk redistribution",
        url="https://www.sipri.org/databases/armstransfers",
    ),
    _reader(
        "wdi", "worldbank.wdi", title="World Development Indicators", publisher="World Bank 2025",
        layout="API_..._csv_v2.zip or WDICSV.csv: Country Name, Country Code, Indicator Name, Indicator "
        "Code, 1960, 1961, ... after four lines; or a DataBank export with Series Name, Series Code",
        citation="World Bank 2025: World Development Indicators", licence=OPEN, references=("wdi-2025",),
        url="https://data.worldbank.org/indicator", options=CODES,
    ),
    _reader(
        "wb-json", "worldbank.wb_json", title="Indicators API, version 2", publisher="World Bank 2025",
        stem="wb-api",
        layout="JSON list of a description and rows: indicator {id, value}, countryiso3code, date, value",
        citation="World Bank 2025: Indicators API", licence=OPEN, references=("wb-api",),
        url="https://api.worldbank.org/v2/country/all/indicator/NY.GDP.MKTP.CD?format=json&per_page=20000",
        options=CODES,
    ),
    _reader(
        "imf-dots", "trade.dots", title="Direction of Trade Statistics", publisher="IMF 2024",
        layout="bulk CSV: Country Name, Country Code, Indicator Name, Indicator Code, Counterpart Country "
        "Name, Counterpart Country Code, Time Period, Value, Status",
        citation="IMF 2024: Direction of Trade Statistics", licence="", references=("imf-dots",),
        url="https://data.imf.org",
        options={
            "scale": "power of ten of the values where the file does not say (6: millions)",
            "frequency": "A (default), Q or M",
            "flows": "indicator codes to keep, separated by ;",
        },
    ),
    _reader(
        "dac", "money.dac", title="Aid (ODA) by donor and recipient, DAC2a, or project files (CRS)",
        publisher="OECD", stem="oecd-dac",
        layout="RECIPIENT, Recipient, DONOR, Donor, ..., AIDTYPE, ..., DATATYPE, ..., Year, Value; or the "
        "data explorer's DONOR, RECIPIENT, MEASURE, PRICE_BASE, TIME_PERIOD, OBS_VALUE, UNIT_MULT; or CRS "
        "with bars: Year, DonorName, RecipientName, USD_Commitment, USD_Disbursement",
        citation="OECD 2024: Aid (ODA) disbursements to countries and regions, DAC2a", licence=OPEN,
        references=("oecd-dac",),
        url="https://data-explorer.oecd.org",
        options={
            "prices": "current (default) or constant",
            "measure": "aid type or measure code; 206 (total net ODA) by default",
            "amount": "CRS: commitment (default) or disbursement",
        },
    ),
    _reader(
        "wb-ids", "worldbank.ids", title="International Debt Statistics", publisher="World Bank 2024",
        layout="Country Name, Country Code, Counterpart-Area Name, Counterpart-Area Code, Series Name, "
        "Series Code, 1970 [YR1970], ...",
        citation="World Bank 2024: International Debt Statistics", licence=OPEN, references=("wb-ids",),
        url="https://databank.worldbank.org/source/international-debt-statistics",
        options={"codes": "series to keep, separated by ;; DT.DOD.DPPG.CD by default"},
    ),
    _reader(
        "unhcr", "people.unhcr", title="Refugee Population Statistics Database", publisher="UNHCR",
        layout="population.csv: Year, Country of origin, Country of origin (ISO), Country of asylum, Country "
        "of asylum (ISO), Refugees under UNHCR's mandate, Asylum-seekers, ...",
        citation="UNHCR 2024: Refugee Population Statistics Database", licence=OPEN,
        references=("unhcr-rpsd",),
        url="https://www.unhcr.org/refugee-statistics/download/",
    ),
    _reader(
        "undesa-migrants", "people.undesa_migrants", title="International Migrant Stock, by origin",
        publisher="United Nations 2019",
        layout="table 1 saved as CSV: Year, Sort order, Major area, region, country or area of destination, "
        "Notes, Code, Type of data (a), Total, ..., one column an origin; or the 2020 table of pairs",
        citation="United Nations 2019: International Migrant Stock, Department of Economic and Social "
        "Affairs, 2019", licence="CC BY 3.0 IGO", references=("un-migrant-stock-2019",),
        url="https://www.un.org/development/desa/pd/content/international-migrant-stock",
    ),
    _reader(
        "knomad", "money.knomad", title="Bilateral remittance matrix", publisher="World Bank 2018",
        layout="matrix saved as CSV: receiving-country (across) - sending-country (down), one column a "
        "receiver; million USD, the year in the title",
        citation="World Bank 2018: KNOMAD bilateral remittance matrix; Ratha and Shaw 2007",
        references=("wb-bilateral-remittances-2017", "ratha-shaw-2007"),
        licence="CC BY 4.0 (to be verified)", url="https://www.knomad.org/data/remittances",
        options={"year": "year of the estimates where the title does not say"},
    ),
    _reader(
        "vdem", "people.vdem", title="V-Dem country-year", publisher="V-Dem Institute",
        layout="V-Dem-CY-Full+Others.csv or Core: country_name, country_text_id, ..., year, ..., "
        "v2x_polyarchy, v2x_polyarchy_codelow, ..._codehigh, ..._sd, ...",
        citation="Coppedge and others 2025: V-Dem Country-Year Dataset", licence="CC BY-SA 4.0",
        references=("vdem-15",),
        url="https://www.v-dem.net/data/the-v-dem-dataset/",
        options={"columns": "indices to keep, separated by ;", "version": "version of the data set"},
    ),
    _reader(
        "aiddata-gcdf", "money.aiddata_gcdf", title="Global Chinese Development Finance, records",
        publisher="AidData at William and Mary",
        layout="sheet of records saved as CSV: AidData Record ID, Recommended For Aggregates, ..., Financier "
        "Country, Recipient, Recipient ISO-3, ..., Commitment Year, ..., Flow Class, ..., Amount (Constant "
        "USD 2021)",
        citation="Custer, Dreher and others 2023: Global Chinese Development Finance 3.0",
        references=("aiddata-gcdf-3",),
        licence="ODC-BY", url="https://www.aiddata.org/data/",
    ),
    _reader(
        "dyad-year", "mapping.dyad_year", title="Any table of pairs by year", publisher="as the mapping says",
        layout="columns named by a mapping: giver, receiver, period, value",
        citation="as the mapping says", licence="", url="", options=MAP,
    ),
    _reader(
        "actor-year", "mapping.actor_year", title="Any table of actors by year",
        publisher="as the mapping says", layout="columns named by a mapping: actor, period, value",
        citation="as the mapping says", licence="", url="", options=MAP,
    ),
)  # fmt: skip
