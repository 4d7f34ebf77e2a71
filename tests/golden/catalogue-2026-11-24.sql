--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: public; Type: SCHEMA; Schema: -; Owner: -
--



--
-- Name: SCHEMA public; Type: COMMENT; Schema: -; Owner: -
--



SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: agency; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.agency (
    code text NOT NULL,
    name text NOT NULL,
    block text,
    level text
);


--
-- Name: aip; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.aip (
    id text NOT NULL,
    key text NOT NULL,
    agency text NOT NULL,
    fonds text NOT NULL,
    version text NOT NULL,
    profile text NOT NULL,
    fields jsonb NOT NULL,
    retention jsonb NOT NULL,
    mode text NOT NULL,
    content_digest text NOT NULL,
    documents integer NOT NULL,
    pages integer NOT NULL,
    bytes bigint NOT NULL,
    findings jsonb DEFAULT '[]'::jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    stored_at timestamp with time zone NOT NULL,
    indexed_at timestamp with time zone
);


--
-- Name: batch; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.batch (
    id text NOT NULL,
    source text NOT NULL,
    source_bytes bytea NOT NULL,
    kind text NOT NULL,
    mapping text,
    agency text,
    status text NOT NULL,
    report jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT batch_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'done'::text])))
);


--
-- Name: batch_number; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.batch_number
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: claim; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.claim (
    key text NOT NULL,
    package bigint NOT NULL
);


--
-- Name: document; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.document (
    id text NOT NULL,
    aip text NOT NULL,
    ordinal integer NOT NULL,
    fields jsonb NOT NULL,
    file text NOT NULL
);


--
-- Name: event; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.event (
    id uuid NOT NULL,
    sequence bigint NOT NULL,
    package bigint,
    aip text,
    step text NOT NULL,
    type text NOT NULL,
    outcome text NOT NULL,
    codes jsonb DEFAULT '[]'::jsonb NOT NULL,
    agents jsonb DEFAULT '[]'::jsonb NOT NULL,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL,
    "time" timestamp with time zone NOT NULL,
    CONSTRAINT event_outcome_check CHECK ((outcome = ANY (ARRAY['success'::text, 'warning'::text, 'failure'::text])))
);


--
-- Name: event_sequence_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.event ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.event_sequence_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: failure; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.failure (
    package bigint NOT NULL,
    step text NOT NULL,
    code text NOT NULL,
    vi text NOT NULL,
    en text NOT NULL,
    "time" timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: fencing_token; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.fencing_token
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: file; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.file (
    aip text NOT NULL,
    path text NOT NULL,
    role text NOT NULL,
    original_name text,
    size bigint NOT NULL,
    sha256 text NOT NULL,
    sha512 text NOT NULL,
    puid text,
    mime text,
    pages integer,
    facts jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT file_role_check CHECK ((role = ANY (ARRAY['content'::text, 'documentation'::text, 'submission'::text, 'metadata'::text, 'schema'::text])))
);


--
-- Name: fonds; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.fonds (
    agency text NOT NULL,
    code text NOT NULL,
    name text NOT NULL
);


--
-- Name: package; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.package (
    id bigint NOT NULL,
    batch text NOT NULL,
    ordinal integer NOT NULL,
    path text NOT NULL,
    kind text NOT NULL,
    key text,
    aip text NOT NULL,
    next_step text,
    token bigint DEFAULT 0 NOT NULL,
    status text NOT NULL,
    verdict text NOT NULL,
    documents integer DEFAULT 0 NOT NULL,
    pages integer DEFAULT 0 NOT NULL,
    bytes bigint DEFAULT 0 NOT NULL,
    findings jsonb DEFAULT '[]'::jsonb NOT NULL,
    files jsonb DEFAULT '[]'::jsonb NOT NULL,
    released boolean DEFAULT false NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT package_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'checked'::text, 'stored'::text, 'already-held'::text, 'conflict'::text, 'quarantined'::text, 'refused'::text]))),
    CONSTRAINT package_verdict_check CHECK ((verdict = ANY (ARRAY['valid'::text, 'valid-with-warning'::text, 'invalid'::text, 'quarantined'::text])))
);


--
-- Name: package_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.package ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.package_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: page_text; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.page_text (
    aip text NOT NULL,
    ordinal integer NOT NULL,
    page integer NOT NULL,
    text text NOT NULL
);


--
-- Name: publication; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.publication (
    id uuid NOT NULL,
    sequence bigint NOT NULL,
    agency text NOT NULL,
    fonds text NOT NULL,
    basis text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamp with time zone NOT NULL
);


--
-- Name: publication_sequence_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.publication ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.publication_sequence_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: schema_migration; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.schema_migration (
    name text NOT NULL,
    digest text NOT NULL,
    run_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Data for Name: agency; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.agency (code, name, block, level) FROM stdin;
H26.99.07	H26.99.07	\N	\N
\.


--
-- Data for Name: aip; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.aip (id, key, agency, fonds, version, profile, fields, retention, mode, content_digest, documents, pages, bytes, findings, created_at, stored_at, indexed_at) FROM stdin;
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	H26.99.07/2024.01.VP	H26.99.07	P9907	v1	eark	{"mode": "01", "title": "Hồ sơ số 1 của Ủy ban nhân dân xã Tân Mẫu", "x_box": "H001", "format": "02", "endDate": "2024-12-29", "x_fonds": "P9907", "fileCode": "2024.01.VP", "language": "01", "totalDoc": "2", "startDate": "2024-01-05", "x_raw_mode": "Công khai", "maintenance": "01", "x_inventory": "01", "x_raw_format": "Bình thường", "numberOfPaper": "4", "paperFileCode": "LS26.H001.001", "x_raw_language": "Tiếng Việt", "confidenceLevel": "02", "x_raw_maintenance": "Vĩnh viễn", "x_raw_confidenceLevel": "Số hóa"}	{"code": "01", "text": "Vĩnh viễn", "basis": "Đề nghị trong bảng kê giao nộp", "years": null, "permanent": true}	01	9dbb2ffd8411ae16325034dc77f8febd4f0acc5a296ac8bc62d5f4943ce8e4ba	2	5	270505	[{"cell": null, "code": "VIRUS-NOT-SCANNED", "page": null, "path": null, "level": "SHOULD", "values": {"count": "4", "reason": "clamd: No such file or directory"}, "document": null}, {"cell": null, "code": "PDFA-NO-CLAIM", "page": null, "path": "hs01/001.03.08.H26.99.07.2024.01.001.pdf", "level": "SHOULD", "values": {}, "document": null}, {"cell": null, "code": "PDFA-NO-CLAIM", "page": null, "path": "hs01/001.03.08.H26.99.07.2024.01.002.pdf", "level": "SHOULD", "values": {}, "document": null}, {"cell": null, "code": "PDFA-NO-CLAIM", "page": null, "path": "hs01/Bia_hoso01.pdf", "level": "SHOULD", "values": {}, "document": null}, {"cell": null, "code": "PDFA-NO-CLAIM", "page": null, "path": "hs01/MLVB_01.pdf", "level": "SHOULD", "values": {}, "document": null}]	2026-11-25 14:26:17.183+00	2026-11-25 14:26:17.485+00	2026-11-25 14:28:09.89+00
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	H26.99.07/2024.03.VP	H26.99.07	P9907	v1	eark	{"mode": "01", "title": "Hồ sơ số 3 của Ủy ban nhân dân xã Tân Mẫu", "x_box": "H001", "format": "02", "endDate": "2024-12-29", "x_fonds": "P9907", "fileCode": "2024.03.VP", "language": "01", "totalDoc": "2", "startDate": "2024-01-05", "x_raw_mode": "Công khai", "maintenance": "01", "x_inventory": "01", "x_raw_format": "Bình thường", "numberOfPaper": "4", "paperFileCode": "LS26.H001.003", "x_raw_language": "Tiếng Việt", "confidenceLevel": "02", "x_raw_maintenance": "Vĩnh viễn", "x_raw_confidenceLevel": "Số hóa"}	{"code": "01", "text": "Vĩnh viễn", "basis": "Đề nghị trong bảng kê giao nộp", "years": null, "permanent": true}	01	3c0fc8094942adcda1513610349b32721abb3c561c9160c5a67916c1e61d2d17	2	5	270505	[{"cell": null, "code": "VIRUS-NOT-SCANNED", "page": null, "path": null, "level": "SHOULD", "values": {"count": "4", "reason": "clamd: No such file or directory"}, "document": null}, {"cell": null, "code": "PDFA-NO-CLAIM", "page": null, "path": "hs03/001.03.08.H26.99.07.2024.03.001.pdf", "level": "SHOULD", "values": {}, "document": null}, {"cell": null, "code": "PDFA-NO-CLAIM", "page": null, "path": "hs03/001.03.08.H26.99.07.2024.03.002.pdf", "level": "SHOULD", "values": {}, "document": null}, {"cell": null, "code": "PDFA-NO-CLAIM", "page": null, "path": "hs03/Bia_hoso03.pdf", "level": "SHOULD", "values": {}, "document": null}, {"cell": null, "code": "PDFA-NO-CLAIM", "page": null, "path": "hs03/MLVB_03.pdf", "level": "SHOULD", "values": {}, "document": null}]	2026-11-25 14:26:17.104+00	2026-11-25 14:26:17.491+00	2026-11-25 14:28:09.284+00
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	H26.99.07/2024.02.VP	H26.99.07	P9907	v1	eark	{"mode": "01", "title": "Hồ sơ số 2 của Ủy ban nhân dân xã Tân Mẫu", "x_box": "H001", "format": "02", "endDate": "2024-12-29", "x_fonds": "P9907", "fileCode": "2024.02.VP", "language": "01", "totalDoc": "2", "startDate": "2024-01-05", "x_raw_mode": "Công khai", "maintenance": "01", "x_inventory": "01", "x_raw_format": "Bình thường", "numberOfPaper": "4", "paperFileCode": "LS26.H001.002", "x_raw_language": "Tiếng Việt", "confidenceLevel": "02", "x_raw_maintenance": "Vĩnh viễn", "x_raw_confidenceLevel": "Số hóa"}	{"code": "01", "text": "Vĩnh viễn", "basis": "Đề nghị trong bảng kê giao nộp", "years": null, "permanent": true}	01	30118498d533103600cf3cdd9544f4712c14fdc7c407d1a4f49d9ff300eea24a	2	5	270505	[{"cell": null, "code": "VIRUS-NOT-SCANNED", "page": null, "path": null, "level": "SHOULD", "values": {"count": "4", "reason": "clamd: No such file or directory"}, "document": null}, {"cell": null, "code": "PDFA-NO-CLAIM", "page": null, "path": "hs02/001.03.08.H26.99.07.2024.02.001.pdf", "level": "SHOULD", "values": {}, "document": null}, {"cell": null, "code": "PDFA-NO-CLAIM", "page": null, "path": "hs02/001.03.08.H26.99.07.2024.02.002.pdf", "level": "SHOULD", "values": {}, "document": null}, {"cell": null, "code": "PDFA-NO-CLAIM", "page": null, "path": "hs02/Bia_hoso02.pdf", "level": "SHOULD", "values": {}, "document": null}, {"cell": null, "code": "PDFA-NO-CLAIM", "page": null, "path": "hs02/MLVB_02.pdf", "level": "SHOULD", "values": {}, "document": null}]	2026-11-25 14:26:17.1+00	2026-11-25 14:26:17.462+00	2026-11-25 14:28:09.626+00
\.


--
-- Data for Name: batch; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.batch (id, source, source_bytes, kind, mapping, agency, status, report, created_at, finished_at) FROM stdin;
20261125-1	/giao	\\x2f6769616f	delivery	\N	H26.99.07	done	{"files": [{"fate": "sheet", "path": "danhmuc.xlsx", "bytes": 6741}], "findings": []}	2026-11-25 14:26:14.487+00	2026-11-25 14:26:36.26+00
\.


--
-- Data for Name: claim; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.claim (key, package) FROM stdin;
H26.99.07/2024.02.VP	2
H26.99.07/2024.03.VP	3
H26.99.07/2024.01.VP	1
\.


--
-- Data for Name: document; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.document (id, aip, ordinal, fields, file) FROM stdin;
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9#0000001	urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	1	{"mode": "01", "format": "02", "subject": "Quyết định thứ 1 về việc phân công nhiệm vụ", "language": "01", "typeName": "02", "organName": "Ủy ban nhân dân xã Tân Mẫu", "codeNumber": "01", "docOrdinal": "1", "issuedDate": "2024-06-01", "x_material": "Giấy", "x_raw_mode": "Công khai", "codeNotation": "QĐ-UBND", "numberOfPage": "2", "x_raw_format": "Bình thường", "x_raw_language": "Tiếng Việt", "x_raw_typeName": "Quyết định", "x_sheet_number": "1", "confidenceLevel": "02", "x_raw_codeNotation": "/ QĐ-UBND", "x_raw_confidenceLevel": "Số hóa"}	representations/rep1/data/001.03.08.H26.99.07.2024.02.001.pdf
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9#0000002	urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	2	{"mode": "01", "format": "02", "subject": "Quyết định thứ 2 về việc phân công nhiệm vụ", "language": "01", "typeName": "02", "organName": "Ủy ban nhân dân xã Tân Mẫu", "codeNumber": "02", "docOrdinal": "2", "issuedDate": "2024-06-02", "x_material": "Giấy", "x_raw_mode": "Công khai", "codeNotation": "QĐ-UBND", "numberOfPage": "3", "x_raw_format": "Bình thường", "x_raw_language": "Tiếng Việt", "x_raw_typeName": "Quyết định", "x_sheet_number": "2", "confidenceLevel": "02", "x_raw_codeNotation": "/ QĐ-UBND", "x_raw_confidenceLevel": "Số hóa"}	representations/rep1/data/001.03.08.H26.99.07.2024.02.002.pdf
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d#0000001	urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	1	{"mode": "01", "format": "02", "subject": "Quyết định thứ 1 về việc phân công nhiệm vụ", "language": "01", "typeName": "02", "organName": "Ủy ban nhân dân xã Tân Mẫu", "codeNumber": "01", "docOrdinal": "1", "issuedDate": "2024-06-01", "x_material": "Giấy", "x_raw_mode": "Công khai", "codeNotation": "QĐ-UBND", "numberOfPage": "2", "x_raw_format": "Bình thường", "x_raw_language": "Tiếng Việt", "x_raw_typeName": "Quyết định", "x_sheet_number": "1", "confidenceLevel": "02", "x_raw_codeNotation": "/ QĐ-UBND", "x_raw_confidenceLevel": "Số hóa"}	representations/rep1/data/001.03.08.H26.99.07.2024.01.001.pdf
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d#0000002	urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	2	{"mode": "01", "format": "02", "subject": "Quyết định thứ 2 về việc phân công nhiệm vụ", "language": "01", "typeName": "02", "organName": "Ủy ban nhân dân xã Tân Mẫu", "codeNumber": "02", "docOrdinal": "2", "issuedDate": "2024-06-02", "x_material": "Giấy", "x_raw_mode": "Công khai", "codeNotation": "QĐ-UBND", "numberOfPage": "3", "x_raw_format": "Bình thường", "x_raw_language": "Tiếng Việt", "x_raw_typeName": "Quyết định", "x_sheet_number": "2", "confidenceLevel": "02", "x_raw_codeNotation": "/ QĐ-UBND", "x_raw_confidenceLevel": "Số hóa"}	representations/rep1/data/001.03.08.H26.99.07.2024.01.002.pdf
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e#0000001	urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	1	{"mode": "01", "format": "02", "subject": "Quyết định thứ 1 về việc phân công nhiệm vụ", "language": "01", "typeName": "02", "organName": "Ủy ban nhân dân xã Tân Mẫu", "codeNumber": "01", "docOrdinal": "1", "issuedDate": "2024-06-01", "x_material": "Giấy", "x_raw_mode": "Công khai", "codeNotation": "QĐ-UBND", "numberOfPage": "2", "x_raw_format": "Bình thường", "x_raw_language": "Tiếng Việt", "x_raw_typeName": "Quyết định", "x_sheet_number": "1", "confidenceLevel": "02", "x_raw_codeNotation": "/ QĐ-UBND", "x_raw_confidenceLevel": "Số hóa"}	representations/rep1/data/001.03.08.H26.99.07.2024.03.001.pdf
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e#0000002	urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	2	{"mode": "01", "format": "02", "subject": "Quyết định thứ 2 về việc phân công nhiệm vụ", "language": "01", "typeName": "02", "organName": "Ủy ban nhân dân xã Tân Mẫu", "codeNumber": "02", "docOrdinal": "2", "issuedDate": "2024-06-02", "x_material": "Giấy", "x_raw_mode": "Công khai", "codeNotation": "QĐ-UBND", "numberOfPage": "3", "x_raw_format": "Bình thường", "x_raw_language": "Tiếng Việt", "x_raw_typeName": "Quyết định", "x_sheet_number": "2", "confidenceLevel": "02", "x_raw_codeNotation": "/ QĐ-UBND", "x_raw_confidenceLevel": "Số hóa"}	representations/rep1/data/001.03.08.H26.99.07.2024.03.002.pdf
\.


--
-- Data for Name: event; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.event (id, sequence, package, aip, step, type, outcome, codes, agents, detail, "time") FROM stdin;
cc70100e-0f35-5231-917d-0ed62508c109	1	3	urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	scan-viruses	virus check	warning	["VIRUS-NOT-SCANNED"]	[{"id": "clamav", "version": ""}]	{}	2026-11-25 14:26:16.146+00
3212e05a-a6e2-54ae-8ecf-d67760eaab0b	2	2	urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	scan-viruses	virus check	warning	["VIRUS-NOT-SCANNED"]	[{"id": "clamav", "version": ""}]	{}	2026-11-25 14:26:16.139+00
e61877c2-7c89-5504-bce1-6e7de04500b5	3	1	urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	scan-viruses	virus check	warning	["VIRUS-NOT-SCANNED"]	[{"id": "clamav", "version": ""}]	{}	2026-11-25 14:26:16.161+00
3c875848-54ec-59fd-93c9-d396b0d68e5c	4	3	urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	screen-secrecy	metadata extraction	success	[]	[{"id": "kho", "version": "0.1.0"}]	{}	2026-11-25 14:26:16.997+00
a27c01ba-b66f-5481-b66e-469ee7220f7c	5	2	urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	screen-secrecy	metadata extraction	success	[]	[{"id": "kho", "version": "0.1.0"}]	{}	2026-11-25 14:26:17.003+00
504813c2-8169-5c89-b320-4887698c0f4c	6	2	urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	find-held	message digest calculation	success	[]	[{"id": "kho", "version": "0.1.0"}]	{"content": "30118498d533103600cf3cdd9544f4712c14fdc7c407d1a4f49d9ff300eea24a"}	2026-11-25 14:26:17.017+00
6b978336-5ee4-56df-b84f-52178fddc488	7	1	urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	screen-secrecy	metadata extraction	success	[]	[{"id": "kho", "version": "0.1.0"}]	{}	2026-11-25 14:26:17.003+00
02dc06a3-bb19-5ca6-ac4a-0b601a85280e	8	1	urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	find-held	message digest calculation	success	[]	[{"id": "kho", "version": "0.1.0"}]	{"content": "9dbb2ffd8411ae16325034dc77f8febd4f0acc5a296ac8bc62d5f4943ce8e4ba"}	2026-11-25 14:26:17.034+00
8dea61c2-5127-5440-bc96-02de59bf7bcf	9	3	urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	find-held	message digest calculation	success	[]	[{"id": "kho", "version": "0.1.0"}]	{"content": "3c0fc8094942adcda1513610349b32721abb3c561c9160c5a67916c1e61d2d17"}	2026-11-25 14:26:17.033+00
d9ea554a-898c-5a33-8cc6-05043195f390	10	2	urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	receive	transfer	success	[]	[{"id": "kho", "version": "0.1.0"}]	{}	2026-11-25 14:26:17.035+00
763a7196-a2a2-5bb8-87a9-d3a9e5b654d1	11	2	urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	identify-formats	format identification	success	[]	[{"id": "siegfried", "version": "DROID_SignatureFile_V125.xml; container-signature-20260119.xml"}]	{}	2026-11-25 14:26:17.046+00
f630be8b-342f-58ab-b082-cbbf2c2cefac	12	3	urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	receive	transfer	success	[]	[{"id": "kho", "version": "0.1.0"}]	{}	2026-11-25 14:26:17.054+00
dbd49708-90ba-545e-b47c-62c1034ccac1	13	1	urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	receive	transfer	success	[]	[{"id": "kho", "version": "0.1.0"}]	{}	2026-11-25 14:26:17.057+00
10da7b9e-54a7-561f-b781-6a9ca1fd1ecd	14	3	urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	identify-formats	format identification	success	[]	[{"id": "siegfried", "version": "DROID_SignatureFile_V125.xml; container-signature-20260119.xml"}]	{}	2026-11-25 14:26:17.062+00
f89c07ac-9bc6-51b7-8638-00d82867ae0c	15	1	urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	identify-formats	format identification	success	[]	[{"id": "siegfried", "version": "DROID_SignatureFile_V125.xml; container-signature-20260119.xml"}]	{}	2026-11-25 14:26:17.075+00
b3ebfc91-c3c3-5d41-8062-d3ba82b6c78a	16	3	urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	validate-files	validation	warning	["PDFA-NO-CLAIM"]	[{"id": "verapdf", "version": "1.30.2"}]	{}	2026-11-25 14:26:17.075+00
13a4f3bd-a929-5f40-bc73-6994735b8ca2	17	2	urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	validate-files	validation	warning	["PDFA-NO-CLAIM"]	[{"id": "verapdf", "version": "1.30.2"}]	{}	2026-11-25 14:26:17.065+00
778afb76-ff9b-53c4-8a35-344448496c24	18	3	urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	validate-package	validation	success	[]	[{"id": "kho", "version": "0.1.0"}]	{}	2026-11-25 14:26:17.089+00
49e506ff-2cc8-571f-9290-1e9104f411ee	19	2	urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	validate-package	validation	success	[]	[{"id": "kho", "version": "0.1.0"}]	{}	2026-11-25 14:26:17.089+00
16c12ab1-c871-5934-8d2f-420488888a78	20	3	urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	assign-retention	policy assignment	success	[]	[{"id": "kho", "version": "0.1.0"}]	{"code": "01", "years": null, "permanent": true}	2026-11-25 14:26:17.09+00
67aeb69b-ce23-5263-b84a-5ce622dcad09	21	1	urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	validate-files	validation	warning	["PDFA-NO-CLAIM"]	[{"id": "verapdf", "version": "1.30.2"}]	{}	2026-11-25 14:26:17.089+00
3c07f163-72cb-524f-ae60-b9650d8f6771	22	2	urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	assign-retention	policy assignment	success	[]	[{"id": "kho", "version": "0.1.0"}]	{"code": "01", "years": null, "permanent": true}	2026-11-25 14:26:17.091+00
b693ec47-25cb-546a-8a30-075c6dd58ad7	23	1	urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	validate-package	validation	success	[]	[{"id": "kho", "version": "0.1.0"}]	{}	2026-11-25 14:26:17.102+00
f588ad19-d0c7-58a3-9359-14f8164bb7cb	24	1	urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	assign-retention	policy assignment	success	[]	[{"id": "kho", "version": "0.1.0"}]	{"code": "01", "years": null, "permanent": true}	2026-11-25 14:26:17.104+00
b5f881cd-bbca-53b5-b63d-4ddef342c22a	25	3	urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	build-aip	information package creation	success	[]	[{"id": "kho", "version": "0.1.0"}]	{"bytes": 270505, "files": 24}	2026-11-25 14:26:17.217+00
8fe5f775-8752-5e1e-a7e1-68236ad1ed29	26	2	urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	build-aip	information package creation	success	[]	[{"id": "kho", "version": "0.1.0"}]	{"bytes": 270505, "files": 24}	2026-11-25 14:26:17.241+00
5c8d368b-eada-5f18-83f5-c68a61a23645	27	1	urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	build-aip	information package creation	success	[]	[{"id": "kho", "version": "0.1.0"}]	{"bytes": 270505, "files": 24}	2026-11-25 14:26:17.291+00
9e5fd294-bc02-56e5-83c0-8ed15e79e132	28	2	urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	check-aip	fixity check	success	[]	[{"id": "kho", "version": "0.1.0"}]	{}	2026-11-25 14:26:17.275+00
342e19f9-888b-5d25-857f-21dbb8f28750	29	3	urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	check-aip	fixity check	success	[]	[{"id": "kho", "version": "0.1.0"}]	{}	2026-11-25 14:26:17.299+00
33ebc2f8-2b8b-58e3-b502-c2b05e635855	30	1	urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	check-aip	fixity check	success	[]	[{"id": "kho", "version": "0.1.0"}]	{}	2026-11-25 14:26:17.308+00
7f05d0f1-dc71-597a-b6fd-efbd0b737067	31	2	urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	store	ingestion end	success	[]	[{"id": "kho", "version": "0.1.0"}]	{"version": "v1"}	2026-11-25 14:26:17.452+00
f0f1a78c-4a7b-5b6d-96aa-1e9c1c8895f9	32	3	urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	store	ingestion end	success	[]	[{"id": "kho", "version": "0.1.0"}]	{"version": "v1"}	2026-11-25 14:26:17.451+00
60145682-99e3-526f-8342-b78b8f85fa49	33	1	urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	store	ingestion end	success	[]	[{"id": "kho", "version": "0.1.0"}]	{"version": "v1"}	2026-11-25 14:26:17.483+00
\.


--
-- Data for Name: failure; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.failure (package, step, code, vi, en, "time") FROM stdin;
\.


--
-- Data for Name: file; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.file (aip, path, role, original_name, size, sha256, sha512, puid, mime, pages, facts) FROM stdin;
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	schemas/METS.xsd	schema	\N	138326	8f289c776e490e4763dab0e4b958c74993e5f271718cf244f24d00bb5af62a1f	f7348f7f7dea347777e2e6338c85bc6a43c828646948298d62f03d3ec6683d219cf3554228129b560e34ff641ef51f23a213efb33e80dd80ca124841845bbb47	\N	\N	\N	{}
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	schemas/xlink.xsd	schema	\N	3180	f1f5bb6003165cdd8f6c1fcc32f8fd1f965e1681010f3b9806d9460bcffa8a3c	d524ed457c67a9e9e4de723519f26567e098c02b8db21fca6807683b30a0b9e477a230cef942e8245411f2a6ccb0f8a7df2bae18dc7363ec2810899d67064a32	\N	\N	\N	{}
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	schemas/premis.xsd	schema	\N	57147	1caafa82dcfa8f4d6f2468110d7af685637d619ad668d8fe9a5567bf1ddbf473	4810472595bc2bad96cab3ecea3b04e7205a9528db175e81879cd3152c141998262eb9b480de31797b1515356e15b2e3af1fcc23e6d433dba817e592526076b5	\N	\N	\N	{}
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	schemas/DILCISExtensionMETS.xsd	schema	\N	2380	40844e8064de67cd1378028f65cdbbe72e94fa21fae2ab7ad9c1ac1adbe6aac1	35498b8d1c168032cb00614d517baec447fb4eb05e19adf6c7dd7ce664671a9307cd1ff51ab1a48bbdf4ffe6fececfe9b4bddb628f701cdf4b11c9670249d72d	\N	\N	\N	{}
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	schemas/EAD.xsd	schema	\N	3390	bbaec3c0a6849ad0718956a237eb4fab471a97a703855f2b2f72463692d2f3af	5e662acf74280fd00e6fe32da44fe54451edff2b7f6de97680cee1d53f155a1289fc10ae53c637fbfe70224bff82572fef88e682f5b80e541219645a232a8297	\N	\N	\N	{}
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	schemas/EAD_doc.xsd	schema	\N	3214	55a49e34539a09cffb8156cba8aed6bf71ad98c3ce4eddcfa67e61fe14e07a9f	d6dfb80475f3fbcd0ab8fbbf03623cf3097e968ea693eca6b1c65ef9e46cd5dc8b05da9365b1152b31d2b5f598d8b070345f65b083df664d9490e39400578ee0	\N	\N	\N	{}
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	schemas/EAD_pic.xsd	schema	\N	2761	4865970ce1b62de4ac934c8d1b5a058715d3a4d1a562926d79a83d0df010c2ac	742034a6d011dcb49364177c53d770f4270f9d8c85b8dd2f4bd4152d6af902a03c682e06a79f6964fa92ee88f470ed88b798dd2be4d2bd61109894ec675ed9a0	\N	\N	\N	{}
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	schemas/EAD_media.xsd	schema	\N	3106	2aee2040c1ba98e830d7661b2f11096326365a84044ba283a6762550497e2911	797b6ef4f3f44acf3fee013f836ad6d961e690cd86c7ee04700213b97670e33487e9d39667afa2b129ed429419ffe56e7941ddd45ad1a4b2518a02dc98a6938d	\N	\N	\N	{}
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	representations/rep1/data/001.03.08.H26.99.07.2024.02.001.pdf	content	hs02/001.03.08.H26.99.07.2024.02.001.pdf	866	0b25e5ace7926f55cb90920a60c0fe0fe2f1eb6915a0c46c53e394777a387a8f	a947ee606e4218c645cdf4c7f6b8c872045b83bb602ca682632f0e854db630894968aeaac95c0cbe6cf6f85e73642375a008c445f107e2274a58e8ce76398a4b	fmt/18	application/pdf	2	{"text_pages": [true, true], "format_name": "Acrobat PDF 1.4 - Portable Document Format", "format_version": "1.4", "signature_version": "DROID_SignatureFile_V125.xml; container-signature-20260119.xml"}
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	representations/rep1/metadata/descriptive/EAD_doc_001.03.08.H26.99.07.2024.02.001.pdf.xml	metadata	\N	758	a7dfe57ea590d64feb12b195577ffca78942cddc8b31b7bdf23a8b01ae6f3af9	5b84ba8676d59d68976d1cb8428038910df031f5317c6f06394e65185413af60187b20f78c05689147a04209311a7179fc649b31468cf9b4b511bf6b31fd7086	\N	\N	\N	{}
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	representations/rep1/data/001.03.08.H26.99.07.2024.02.002.pdf	content	hs02/001.03.08.H26.99.07.2024.02.002.pdf	1140	9eaa06890af4ac6204e9b46e2e0a5f5da6f29cc678d58a81787b6c3a4d922445	d31357a125045a906e577d648ba79f1edc7069a7ee8eae27a21b03b496096d8ce342daaa357a3e6485406ed4a4f1b6c735e4ef43a2ac7c58df1e5a1dd6c93f6e	fmt/18	application/pdf	3	{"text_pages": [true, true, true], "format_name": "Acrobat PDF 1.4 - Portable Document Format", "format_version": "1.4", "signature_version": "DROID_SignatureFile_V125.xml; container-signature-20260119.xml"}
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	representations/rep1/metadata/descriptive/EAD_doc_001.03.08.H26.99.07.2024.02.002.pdf.xml	metadata	\N	758	48f7fdbf2e0b08679f537e36ca648e1474577bda36d218e325308e503c00d0e0	3b914b655e36b507599970448acd7e8345aa9643e37b11d96daf2af171ef5cc4aa67bfecdb616bc04d495ba7c2e7610de4ba69cc1208ed108bb69a89c67d9976	\N	\N	\N	{}
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	representations/rep1/metadata/other/kho-documents.jsonl	metadata	\N	2462	dbc809230fc34677abb440e7bec8f89d48fbadaa1fb9e0e70f0cb54d14a4abe9	ed0238e471ef216c70f9729b12c290d5e2656cfd8166f1d8bc14f9d76f74d0181a29a44fd0678e4a2c7d5ea25e68cd6b822c6838309444ed02b7d52ac6e7194c	\N	\N	\N	{}
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	representations/rep1/metadata/preservation/PREMIS_rep1.xml	metadata	\N	5311	11ec95cf999470ce00261f7badbdbf4903acc8a7e96ad7b50fa2f066430c725e	483b8231ffce01a3dd6c6ef8ac6567335fb4bc0cbc9a0c74004a0a9ddd0aaffd68d59c284b7d1bd7495a2fcd288d3b0fef35d9a0e52a73585a32da075c4b4c5c	\N	\N	\N	{}
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	representations/rep1/METS.xml	metadata	\N	5176	52d0e25f1cbd6159e311842a059e8aa18058eda57274863cd253aa84fadd8078	3da3f96663063ddf556696216703dfaebc822cc6b1ff5317ba1eb3321e4181974eae4041bf2401c87fbe67091a5cee921efbd47bc23cc4c55d839565db1d893d	\N	\N	\N	{}
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	documentation/Bia_hoso02.pdf	documentation	hs02/Bia_hoso02.pdf	580	2173351e49d21901d4d219b045a8debe866e71a91523f4e51034707530a08ed4	af402ac9f083eab94dbc911f45d119ae34e95dfa2c355ff48b244158f8fc682876230a23a51df1267664b09a57d7521f49ba488b586c3b7b474b2468fb9935d9	fmt/18	application/pdf	1	{"text_pages": [true], "format_name": "Acrobat PDF 1.4 - Portable Document Format", "format_version": "1.4", "signature_version": "DROID_SignatureFile_V125.xml; container-signature-20260119.xml"}
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	documentation/MLVB_02.pdf	documentation	hs02/MLVB_02.pdf	584	c0e8e2b7d1f376a3f776a11745272940e3164b317c9a76fef17e4122bbccfc7b	cf57178b1f26d7192d445ea4e0ac8587e421f10100e3dbfd84b40754981d18bb124919399749c989957bca2c01eb65ce7a3ddf0f8e8d6d0434e60d9a9a9f1f80	fmt/18	application/pdf	1	{"text_pages": [true], "format_name": "Acrobat PDF 1.4 - Portable Document Format", "format_version": "1.4", "signature_version": "DROID_SignatureFile_V125.xml; container-signature-20260119.xml"}
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	submission/rows.csv	submission	\N	1832	75eb311f4de912e6d2801c82fa9ef9e213bf2aca0fe6e1f83f5b68ff124b0bcd	7212a823e0afb17669980fb5f6821218ead56b0eac6372554a600fdd5c14bcf356b11fb1315d965f45609ddd4d8aaa1e4e915b87cd07ffdb0f3550cfde492aad	\N	\N	\N	{}
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	metadata/other/kho.json	metadata	\N	1463	2abb581f72db7a3aaaaf137744ffb5899180f66ac8510e22b3f88ecf24debc25	31ae53695b75c98cd5a0a4323aa7ea672d71999edfe7d45e488d50ae5ccfd3d3b0fe7822779b8f70cc2ff1e86235543d3e9aec71081a6a14be364b2d12e5e401	\N	\N	\N	{}
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	metadata/other/kho-events.jsonl	metadata	\N	2956	8d418fa41f1fbb1c7b1e522b613e6e327f599b09a96e1e1a7b22ae2d0f8e9077	e1f457696a2e3068d51a5042b22222ca9e6261ff4229f69fd3b26bcdda0cf20ecc0191116c63dc12a9bcdcc02097fac838bfe982c3d767fde119de6f800910b8	\N	\N	\N	{}
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	metadata/other/kho-files.jsonl	metadata	\N	1534	c97989cd2658e3ce24217517baa283947ca61f109efa6bbf2b0284eeb1cc4182	dbfa673825298b0b096df3dc9fcefbf1098296dd05d3b136c6ccbd898d0cccecb0362838a299a55a29155f611fb3255cd85f07895bb230fc28c18ba95e486e16	\N	\N	\N	{}
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	metadata/preservation/PREMIS.xml	metadata	\N	21707	a8063274cefdf953defa135c5f06d21fd31fc3dc28fe29c01433df51461497a1	65957a028654f065566861466492bf7cf19b671d068dbdd7b1275e8baaf03f178544374f6bd827f6ad3d91aece591fcb779b828a290109559ecc557e8e1566cc	\N	\N	\N	{}
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	metadata/descriptive/EAD.xml	metadata	\N	714	a6d9538de1bc8ad1229f1b2795addf03575a27a902ede083221afce8c4464f04	54dd9b6850491c2d948a712e7f3f08c55dda3c8108d5799b4646e99b45e7c94e353b8f5b08925a626c1d6a2ec4a70991a6899ba3d4bb95283ed54289a2dacb00	\N	\N	\N	{}
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	METS.xml	metadata	\N	9160	79f99977967aab5cce7bc2e4539da47d3c9a910796246839cac758c39ddfa6a9	0ea633ad576322739244282e8139792d8b9f1dad221b29298e644a6c5a39843833ff8486ebab288dd4043a1622a0464455bd8efd0a82f713a91cb30082009356	\N	\N	\N	{}
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	schemas/METS.xsd	schema	\N	138326	8f289c776e490e4763dab0e4b958c74993e5f271718cf244f24d00bb5af62a1f	f7348f7f7dea347777e2e6338c85bc6a43c828646948298d62f03d3ec6683d219cf3554228129b560e34ff641ef51f23a213efb33e80dd80ca124841845bbb47	\N	\N	\N	{}
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	schemas/xlink.xsd	schema	\N	3180	f1f5bb6003165cdd8f6c1fcc32f8fd1f965e1681010f3b9806d9460bcffa8a3c	d524ed457c67a9e9e4de723519f26567e098c02b8db21fca6807683b30a0b9e477a230cef942e8245411f2a6ccb0f8a7df2bae18dc7363ec2810899d67064a32	\N	\N	\N	{}
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	schemas/premis.xsd	schema	\N	57147	1caafa82dcfa8f4d6f2468110d7af685637d619ad668d8fe9a5567bf1ddbf473	4810472595bc2bad96cab3ecea3b04e7205a9528db175e81879cd3152c141998262eb9b480de31797b1515356e15b2e3af1fcc23e6d433dba817e592526076b5	\N	\N	\N	{}
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	schemas/DILCISExtensionMETS.xsd	schema	\N	2380	40844e8064de67cd1378028f65cdbbe72e94fa21fae2ab7ad9c1ac1adbe6aac1	35498b8d1c168032cb00614d517baec447fb4eb05e19adf6c7dd7ce664671a9307cd1ff51ab1a48bbdf4ffe6fececfe9b4bddb628f701cdf4b11c9670249d72d	\N	\N	\N	{}
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	schemas/EAD.xsd	schema	\N	3390	bbaec3c0a6849ad0718956a237eb4fab471a97a703855f2b2f72463692d2f3af	5e662acf74280fd00e6fe32da44fe54451edff2b7f6de97680cee1d53f155a1289fc10ae53c637fbfe70224bff82572fef88e682f5b80e541219645a232a8297	\N	\N	\N	{}
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	schemas/EAD_doc.xsd	schema	\N	3214	55a49e34539a09cffb8156cba8aed6bf71ad98c3ce4eddcfa67e61fe14e07a9f	d6dfb80475f3fbcd0ab8fbbf03623cf3097e968ea693eca6b1c65ef9e46cd5dc8b05da9365b1152b31d2b5f598d8b070345f65b083df664d9490e39400578ee0	\N	\N	\N	{}
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	schemas/EAD_pic.xsd	schema	\N	2761	4865970ce1b62de4ac934c8d1b5a058715d3a4d1a562926d79a83d0df010c2ac	742034a6d011dcb49364177c53d770f4270f9d8c85b8dd2f4bd4152d6af902a03c682e06a79f6964fa92ee88f470ed88b798dd2be4d2bd61109894ec675ed9a0	\N	\N	\N	{}
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	schemas/EAD_media.xsd	schema	\N	3106	2aee2040c1ba98e830d7661b2f11096326365a84044ba283a6762550497e2911	797b6ef4f3f44acf3fee013f836ad6d961e690cd86c7ee04700213b97670e33487e9d39667afa2b129ed429419ffe56e7941ddd45ad1a4b2518a02dc98a6938d	\N	\N	\N	{}
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	representations/rep1/data/001.03.08.H26.99.07.2024.01.001.pdf	content	hs01/001.03.08.H26.99.07.2024.01.001.pdf	866	ad34b1870e007d73ee2824601537faad8c4a206ee952fd4159f626f8e45bba8c	44fa08d6ef450b8ae5c092c5f3ed1dbb188af92e8ea78178739d5d6d3c98c4d63016502198681f1b44f157268ff94707839d0e617c9bdc14a07a700f3e81c64d	fmt/18	application/pdf	2	{"text_pages": [true, true], "format_name": "Acrobat PDF 1.4 - Portable Document Format", "format_version": "1.4", "signature_version": "DROID_SignatureFile_V125.xml; container-signature-20260119.xml"}
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	representations/rep1/metadata/descriptive/EAD_doc_001.03.08.H26.99.07.2024.01.001.pdf.xml	metadata	\N	758	36b0465cb877c383c398e87bbd07b817c8614c7352ad30dbfaf6df2bcc95675a	88dc7cb0949380a9a51ff4f4029cf63ab8207bb93a6f545501897c569746feb8c9c0ff282978f6e89b59109e53c4eea8285c7246251a7cb3c26af9ba2375a282	\N	\N	\N	{}
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	representations/rep1/data/001.03.08.H26.99.07.2024.01.002.pdf	content	hs01/001.03.08.H26.99.07.2024.01.002.pdf	1140	18f2f7629e82f6e605548b90070d93ecae56987190f223e2ca5acb243d6fb98f	0d4522f0a727ce32fea52d65da5bdafe01f375c1df229c92270b7bad7f0594f399900b52cbd364e8530138c44201d4761782bf3fc0764748a02433d761cd6981	fmt/18	application/pdf	3	{"text_pages": [true, true, true], "format_name": "Acrobat PDF 1.4 - Portable Document Format", "format_version": "1.4", "signature_version": "DROID_SignatureFile_V125.xml; container-signature-20260119.xml"}
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	representations/rep1/metadata/descriptive/EAD_doc_001.03.08.H26.99.07.2024.01.002.pdf.xml	metadata	\N	758	e6e79595f1a272d386643794731f12c391111fed418fe4616b7af42934c44bd5	384825efacd357f9fdb35fdde1b333090d88be3495363f98108d38a580f5db27087bab61e291cc3e371a720c80448211ccd6c949182f3a13fb7eb29a515a47df	\N	\N	\N	{}
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	representations/rep1/metadata/other/kho-documents.jsonl	metadata	\N	2462	0750969fb50f18fe66d9466ea0cbc3a5877db000abb5cb3846282ab3da8e269a	be2214d172af3f60bd4acd9718c936f2e5798b19eb539eb8ddb46da9ff78280ed7c2967947ad3bd9001d0b09393a2b35f8ddddbf124cf69d5b288bad91c4af5a	\N	\N	\N	{}
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	representations/rep1/metadata/preservation/PREMIS_rep1.xml	metadata	\N	5311	2e0c0cd5d33eccb51c33aec92c4a4cdb900a69bbd655b0936de1d197ff91bbbf	54390fb46bd3231e89b819fe31ab20bc847c08768c96555e6068d6e19a811b4c38447ae836aecde46fc2a0d8e92b28b1c3a40bb83bf9a5f90c6a9063948aa2dd	\N	\N	\N	{}
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	representations/rep1/METS.xml	metadata	\N	5176	9664c0745d068e1a6509fd4ba11a5a0cb618d4c9defccdc4fd1887317179f3f0	e21e7f397b70ee83718c1c9eb854921073ca17d9c3ba4148f8e3019ae732dc07c10a69c3830580d5f6c2dcf51e236fc449ddc90ea6414afccea7994dada6aa38	\N	\N	\N	{}
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	documentation/Bia_hoso01.pdf	documentation	hs01/Bia_hoso01.pdf	580	2173351e49d21901d4d219b045a8debe866e71a91523f4e51034707530a08ed4	af402ac9f083eab94dbc911f45d119ae34e95dfa2c355ff48b244158f8fc682876230a23a51df1267664b09a57d7521f49ba488b586c3b7b474b2468fb9935d9	fmt/18	application/pdf	1	{"text_pages": [true], "format_name": "Acrobat PDF 1.4 - Portable Document Format", "format_version": "1.4", "signature_version": "DROID_SignatureFile_V125.xml; container-signature-20260119.xml"}
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	representations/rep1/metadata/preservation/PREMIS_rep1.xml	metadata	\N	5311	5de05feb3ee6686af9ff9df0d28aefb3e2dd368beb90425c42fa538bf625eff2	e8f8a413b757cae28e27ebe68d16118380e20ab8ab5aadcaf42ea1cc83863e32ad51a6fe1382acd1ea974898082d83b5f9e3001e2561891793ae4045206d9a3c	\N	\N	\N	{}
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	documentation/MLVB_01.pdf	documentation	hs01/MLVB_01.pdf	584	c0e8e2b7d1f376a3f776a11745272940e3164b317c9a76fef17e4122bbccfc7b	cf57178b1f26d7192d445ea4e0ac8587e421f10100e3dbfd84b40754981d18bb124919399749c989957bca2c01eb65ce7a3ddf0f8e8d6d0434e60d9a9a9f1f80	fmt/18	application/pdf	1	{"text_pages": [true], "format_name": "Acrobat PDF 1.4 - Portable Document Format", "format_version": "1.4", "signature_version": "DROID_SignatureFile_V125.xml; container-signature-20260119.xml"}
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	submission/rows.csv	submission	\N	1832	8287286558bfa68d7f073698a757c37032c5027a73ede4f41fcaddd3dcfee2e9	99e97ff1b35462e7bfc8d85a2ab36d7c82f94c6bf60e540ad48b0e7e2d0710618d04719e8715e50a1bce4ca598a466f1cb50461870a59236af0c60008fff7881	\N	\N	\N	{}
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	metadata/other/kho.json	metadata	\N	1463	c3a44b7d87e33375e0c720f135e39835718de205d51cde77916484ee6094e0a2	28d9723ae9f27e0bfd0fdf0f895439cb65f6010f2db32b7f2cadafb1a82076f5b9a380ff78c61806abba08f2c8b5d787d32423f8229535dbd564a3ea5a924c22	\N	\N	\N	{}
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	metadata/other/kho-events.jsonl	metadata	\N	2956	4273ee6c1e7c0a51d0572a41561c384c5137cad01f38e5394a044ef33811e2d7	efe8589473a9dc354d441a16a58b5596998a3903ba848b9c83968e1232078741ae553ff087233a902a250605b9d843b2a89c9b74ae5e5953a3d3b37138b6a2d1	\N	\N	\N	{}
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	metadata/other/kho-files.jsonl	metadata	\N	1534	35e502725a0aa04336c4228d49ec38f989842a2e982d8806eaa2c1235f73863f	4649f540811144e153b3b156c7d27e1462866b3b9393a984ebe811784bf1d5a592b06c0245acedfec76d4a412c1f7ae81c236e6fb10c767eb73e5ea5176b5b45	\N	\N	\N	{}
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	metadata/preservation/PREMIS.xml	metadata	\N	21707	fc0ec919574deb50e57b34e53987adfffa14d7bebd7053800a8854e0841f463f	e498c071044c5ef9c8a5796907d91309e4a146bd0579c7358142dd74e0c1183800fef56cac72e374cd48c4e1d4ab01c23f53a64250612927c94a36a9c2f5db83	\N	\N	\N	{}
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	metadata/descriptive/EAD.xml	metadata	\N	714	b2087ee59ab7558ee6f67480a662f0520b5fad3aab3c164cc128107afe76772b	12bbfb2804d3fe992794673ddf8287618139bbd3250e447ff9730d8b6140a715cf307c0d129b6cfc170f26e065acdffc4d82b417f8ca40c9ff0282a29fd16ad7	\N	\N	\N	{}
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	METS.xml	metadata	\N	9160	3a55cf2e2aff66c733b2ee8f55b6f49231325bce87800010a159d2ebdad25a8e	064c542be33aad17d9958c94c0365042d8e123ac974294625e5f44f3cb49aed45531c8e5a540d66a3453b88f00fec477551cdcd5d9274a5c8f1e3369a96731e3	\N	\N	\N	{}
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	schemas/METS.xsd	schema	\N	138326	8f289c776e490e4763dab0e4b958c74993e5f271718cf244f24d00bb5af62a1f	f7348f7f7dea347777e2e6338c85bc6a43c828646948298d62f03d3ec6683d219cf3554228129b560e34ff641ef51f23a213efb33e80dd80ca124841845bbb47	\N	\N	\N	{}
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	schemas/xlink.xsd	schema	\N	3180	f1f5bb6003165cdd8f6c1fcc32f8fd1f965e1681010f3b9806d9460bcffa8a3c	d524ed457c67a9e9e4de723519f26567e098c02b8db21fca6807683b30a0b9e477a230cef942e8245411f2a6ccb0f8a7df2bae18dc7363ec2810899d67064a32	\N	\N	\N	{}
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	schemas/premis.xsd	schema	\N	57147	1caafa82dcfa8f4d6f2468110d7af685637d619ad668d8fe9a5567bf1ddbf473	4810472595bc2bad96cab3ecea3b04e7205a9528db175e81879cd3152c141998262eb9b480de31797b1515356e15b2e3af1fcc23e6d433dba817e592526076b5	\N	\N	\N	{}
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	schemas/DILCISExtensionMETS.xsd	schema	\N	2380	40844e8064de67cd1378028f65cdbbe72e94fa21fae2ab7ad9c1ac1adbe6aac1	35498b8d1c168032cb00614d517baec447fb4eb05e19adf6c7dd7ce664671a9307cd1ff51ab1a48bbdf4ffe6fececfe9b4bddb628f701cdf4b11c9670249d72d	\N	\N	\N	{}
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	schemas/EAD.xsd	schema	\N	3390	bbaec3c0a6849ad0718956a237eb4fab471a97a703855f2b2f72463692d2f3af	5e662acf74280fd00e6fe32da44fe54451edff2b7f6de97680cee1d53f155a1289fc10ae53c637fbfe70224bff82572fef88e682f5b80e541219645a232a8297	\N	\N	\N	{}
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	schemas/EAD_doc.xsd	schema	\N	3214	55a49e34539a09cffb8156cba8aed6bf71ad98c3ce4eddcfa67e61fe14e07a9f	d6dfb80475f3fbcd0ab8fbbf03623cf3097e968ea693eca6b1c65ef9e46cd5dc8b05da9365b1152b31d2b5f598d8b070345f65b083df664d9490e39400578ee0	\N	\N	\N	{}
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	schemas/EAD_pic.xsd	schema	\N	2761	4865970ce1b62de4ac934c8d1b5a058715d3a4d1a562926d79a83d0df010c2ac	742034a6d011dcb49364177c53d770f4270f9d8c85b8dd2f4bd4152d6af902a03c682e06a79f6964fa92ee88f470ed88b798dd2be4d2bd61109894ec675ed9a0	\N	\N	\N	{}
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	schemas/EAD_media.xsd	schema	\N	3106	2aee2040c1ba98e830d7661b2f11096326365a84044ba283a6762550497e2911	797b6ef4f3f44acf3fee013f836ad6d961e690cd86c7ee04700213b97670e33487e9d39667afa2b129ed429419ffe56e7941ddd45ad1a4b2518a02dc98a6938d	\N	\N	\N	{}
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	representations/rep1/data/001.03.08.H26.99.07.2024.03.001.pdf	content	hs03/001.03.08.H26.99.07.2024.03.001.pdf	866	c8529ce8dd4c589b3f89eba085c8011e7793ee3785406da1a1c6938127dd364f	64f9dd15e2d70b534ffbbfb466403fdc45502c619da696c21d98483a509926b494637b9e51cfd9bc9110f17d2b6c2670a1740e42e0187046380c0eb0e8275a14	fmt/18	application/pdf	2	{"text_pages": [true, true], "format_name": "Acrobat PDF 1.4 - Portable Document Format", "format_version": "1.4", "signature_version": "DROID_SignatureFile_V125.xml; container-signature-20260119.xml"}
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	representations/rep1/metadata/descriptive/EAD_doc_001.03.08.H26.99.07.2024.03.001.pdf.xml	metadata	\N	758	a8a86be3f8575f339d3967f55108d75392899ff1f2ec84677b3d265440794e7f	915d8be8d8f024daf41085cd6148b173ba17617413abf2d8cc3eb62d7a693a01ce66765710fcf90ad6737672076f2abe9a7ab435eeeff9a02dcfd476cd72d57e	\N	\N	\N	{}
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	representations/rep1/data/001.03.08.H26.99.07.2024.03.002.pdf	content	hs03/001.03.08.H26.99.07.2024.03.002.pdf	1140	35f839813772c1be73303792191b0cc4e5f4e9a6e3d9205aecc6cebb4a215883	758822a79b4c633ddcaaf65886f4e07edc2b40f4e8cf6e6e989ffcf84133658f7039257490b4d26e3eac41128c89720a690167134066ac41a72927cacf09457d	fmt/18	application/pdf	3	{"text_pages": [true, true, true], "format_name": "Acrobat PDF 1.4 - Portable Document Format", "format_version": "1.4", "signature_version": "DROID_SignatureFile_V125.xml; container-signature-20260119.xml"}
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	representations/rep1/metadata/descriptive/EAD_doc_001.03.08.H26.99.07.2024.03.002.pdf.xml	metadata	\N	758	1e1b214f0f68b18830bdfe94968cab4bbe208f8df7b1bdced6986c16ff0654cf	e9a99f420ee4c5305a1e8fb9b589f937420f59d0adaa112c7323d683a3f5d032576e51286b83a6c6dacadf30e98b92e999fecb08ec2dfdf4f40f22833377056d	\N	\N	\N	{}
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	representations/rep1/metadata/other/kho-documents.jsonl	metadata	\N	2462	d8a915e92ba48708e11fabd4a870fac26597dc13464977721650b4ad50d64108	b243be5eaba6878968f099c3367daa76a2eefb38c9a6b812f89d4f11ba00d73015292004f63c927f92abb662f03da1064062cc9638f5aaa89f735b498f6a4ffc	\N	\N	\N	{}
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	representations/rep1/METS.xml	metadata	\N	5176	c704470be0b2edc4ef5361167ba5f36b901b6b852e5913651768d6840cb0ff25	4c0f9630ce9c4984385b3f16bea8a09acca2ec197337f4d9ee58d0b92c1723aec400eb65eb61ba1e75c7c0a1ac365e2991c607cbe275818de4547a398234a733	\N	\N	\N	{}
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	documentation/Bia_hoso03.pdf	documentation	hs03/Bia_hoso03.pdf	580	2173351e49d21901d4d219b045a8debe866e71a91523f4e51034707530a08ed4	af402ac9f083eab94dbc911f45d119ae34e95dfa2c355ff48b244158f8fc682876230a23a51df1267664b09a57d7521f49ba488b586c3b7b474b2468fb9935d9	fmt/18	application/pdf	1	{"text_pages": [true], "format_name": "Acrobat PDF 1.4 - Portable Document Format", "format_version": "1.4", "signature_version": "DROID_SignatureFile_V125.xml; container-signature-20260119.xml"}
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	documentation/MLVB_03.pdf	documentation	hs03/MLVB_03.pdf	584	c0e8e2b7d1f376a3f776a11745272940e3164b317c9a76fef17e4122bbccfc7b	cf57178b1f26d7192d445ea4e0ac8587e421f10100e3dbfd84b40754981d18bb124919399749c989957bca2c01eb65ce7a3ddf0f8e8d6d0434e60d9a9a9f1f80	fmt/18	application/pdf	1	{"text_pages": [true], "format_name": "Acrobat PDF 1.4 - Portable Document Format", "format_version": "1.4", "signature_version": "DROID_SignatureFile_V125.xml; container-signature-20260119.xml"}
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	submission/rows.csv	submission	\N	1832	2b28a6a13720316b0ada9e68ef829537abe7bce20edd844fcb1477f987f97051	604c6650f9aa74bccbd0abb88a5db5911c5fbe3663d98da8953614cb8275dc1e8565e7235e2c9d5573814de8dfccbf577f9c4256e840dd8618f4f93e3f8f9bce	\N	\N	\N	{}
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	metadata/other/kho.json	metadata	\N	1463	32f5fd00800244665d94dccab300461adeeb6674a6a0109699ff07884657a132	e8621c7968057440a1969a4cebd0e19f2808b023aeb28a86986af5ece5e4fc457869208ae0532f68692c047aac3f5a74bad6f9fb4404cc8e561d0af34d19c816	\N	\N	\N	{}
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	metadata/other/kho-events.jsonl	metadata	\N	2956	99b0f9a279562e13f06d0082459ab060550d924f7eef774c26ec650f0dbf6b50	0bf9bc5b0071c5e017514f5f52504d59c468bac87090fbdaaebc5dc39ddaa5930e559fe5678276a6eac66a9b7c3f8bdd26a33cef4fc643e7dc291934642f401e	\N	\N	\N	{}
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	metadata/other/kho-files.jsonl	metadata	\N	1534	0fa5ea0c2dc27b9eb1df22fd9d3f319b3015aea0d4811336562fcd5f53061e0e	59141dc336a3d6b2485a85ea3e1e67f9832c68996de1e1923256a65da7cb3008160a0a5195fb321f392b3943dfc1d1087cd5882044b1d2f69c5ee20876a12473	\N	\N	\N	{}
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	metadata/preservation/PREMIS.xml	metadata	\N	21707	76f1b958b1fa47a34a5eeb8da0307a35e3fd4dea05594b2b062d86966cc37d9f	2eee88f8f2bc9c0d71c9ab8451b7d0bde09d86c199ce841d03ef2b06f6b37fe3a604a53f7cc80b8239964dcda7d6366eb7c11de7a4cf4c257fc7f4c0c1272c09	\N	\N	\N	{}
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	metadata/descriptive/EAD.xml	metadata	\N	714	0c10c716de6bbb2d1afe419e874eb9c52341eca8249ed08f11afb5c54961bb01	cb1a01e5042923b79e7c7204b437728f9af8ef23c51f4cd5425527df41fd4d3b64a5a3401f8795f08c2e069c9cf9f6b06d5cb0aefdfd9d6a7a567cd8b59d1df1	\N	\N	\N	{}
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	METS.xml	metadata	\N	9160	f6f2391944635351415811e90fb8565d4d5d16b4053d908f4a4a9d2ccfa2ae6d	b98a314461202f1a782d21d5c72e9b2a9ad9b8a8da9935e06c340883a5e1520cc90ee103b29192315992e63647d4aaa761ba528af7421c9b44c36c6b33c9282f	\N	\N	\N	{}
\.


--
-- Data for Name: fonds; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.fonds (agency, code, name) FROM stdin;
H26.99.07	P9907	P9907
\.


--
-- Data for Name: package; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.package (id, batch, ordinal, path, kind, key, aip, next_step, token, status, verdict, documents, pages, bytes, findings, files, released, finished_at) FROM stdin;
1	20261125-1	1	giao/hs01	delivery	H26.99.07/2024.01.VP	urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	\N	3	stored	valid-with-warning	2	5	3170	[{"cell": null, "code": "VIRUS-NOT-SCANNED", "page": null, "path": null, "level": "SHOULD", "values": {"count": "4", "reason": "clamd: No such file or directory"}, "document": null}, {"cell": null, "code": "PDFA-NO-CLAIM", "page": null, "path": "hs01/001.03.08.H26.99.07.2024.01.001.pdf", "level": "SHOULD", "values": {}, "document": null}, {"cell": null, "code": "PDFA-NO-CLAIM", "page": null, "path": "hs01/001.03.08.H26.99.07.2024.01.002.pdf", "level": "SHOULD", "values": {}, "document": null}, {"cell": null, "code": "PDFA-NO-CLAIM", "page": null, "path": "hs01/Bia_hoso01.pdf", "level": "SHOULD", "values": {}, "document": null}, {"cell": null, "code": "PDFA-NO-CLAIM", "page": null, "path": "hs01/MLVB_01.pdf", "level": "SHOULD", "values": {}, "document": null}]	[{"fate": "taken", "path": "hs01/001.03.08.H26.99.07.2024.01.001.pdf", "bytes": 866}, {"fate": "taken", "path": "hs01/001.03.08.H26.99.07.2024.01.002.pdf", "bytes": 1140}, {"fate": "taken", "path": "hs01/Bia_hoso01.pdf", "bytes": 580}, {"fate": "taken", "path": "hs01/MLVB_01.pdf", "bytes": 584}]	f	2026-11-25 14:26:17.483+00
2	20261125-1	2	giao/hs02	delivery	H26.99.07/2024.02.VP	urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	\N	1	stored	valid-with-warning	2	5	3170	[{"cell": null, "code": "VIRUS-NOT-SCANNED", "page": null, "path": null, "level": "SHOULD", "values": {"count": "4", "reason": "clamd: No such file or directory"}, "document": null}, {"cell": null, "code": "PDFA-NO-CLAIM", "page": null, "path": "hs02/001.03.08.H26.99.07.2024.02.001.pdf", "level": "SHOULD", "values": {}, "document": null}, {"cell": null, "code": "PDFA-NO-CLAIM", "page": null, "path": "hs02/001.03.08.H26.99.07.2024.02.002.pdf", "level": "SHOULD", "values": {}, "document": null}, {"cell": null, "code": "PDFA-NO-CLAIM", "page": null, "path": "hs02/Bia_hoso02.pdf", "level": "SHOULD", "values": {}, "document": null}, {"cell": null, "code": "PDFA-NO-CLAIM", "page": null, "path": "hs02/MLVB_02.pdf", "level": "SHOULD", "values": {}, "document": null}]	[{"fate": "taken", "path": "hs02/001.03.08.H26.99.07.2024.02.001.pdf", "bytes": 866}, {"fate": "taken", "path": "hs02/001.03.08.H26.99.07.2024.02.002.pdf", "bytes": 1140}, {"fate": "taken", "path": "hs02/Bia_hoso02.pdf", "bytes": 580}, {"fate": "taken", "path": "hs02/MLVB_02.pdf", "bytes": 584}]	f	2026-11-25 14:26:17.452+00
3	20261125-1	3	giao/hs03	delivery	H26.99.07/2024.03.VP	urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	\N	2	stored	valid-with-warning	2	5	3170	[{"cell": null, "code": "VIRUS-NOT-SCANNED", "page": null, "path": null, "level": "SHOULD", "values": {"count": "4", "reason": "clamd: No such file or directory"}, "document": null}, {"cell": null, "code": "PDFA-NO-CLAIM", "page": null, "path": "hs03/001.03.08.H26.99.07.2024.03.001.pdf", "level": "SHOULD", "values": {}, "document": null}, {"cell": null, "code": "PDFA-NO-CLAIM", "page": null, "path": "hs03/001.03.08.H26.99.07.2024.03.002.pdf", "level": "SHOULD", "values": {}, "document": null}, {"cell": null, "code": "PDFA-NO-CLAIM", "page": null, "path": "hs03/Bia_hoso03.pdf", "level": "SHOULD", "values": {}, "document": null}, {"cell": null, "code": "PDFA-NO-CLAIM", "page": null, "path": "hs03/MLVB_03.pdf", "level": "SHOULD", "values": {}, "document": null}]	[{"fate": "taken", "path": "hs03/001.03.08.H26.99.07.2024.03.001.pdf", "bytes": 866}, {"fate": "taken", "path": "hs03/001.03.08.H26.99.07.2024.03.002.pdf", "bytes": 1140}, {"fate": "taken", "path": "hs03/Bia_hoso03.pdf", "bytes": 580}, {"fate": "taken", "path": "hs03/MLVB_03.pdf", "bytes": 584}]	f	2026-11-25 14:26:17.451+00
\.


--
-- Data for Name: page_text; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.page_text (aip, ordinal, page, text) FROM stdin;
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	1	1	ho so 2 van ban 1 1
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	1	2	ho so 2 van ban 1 2
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	2	1	ho so 2 van ban 2 1
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	2	2	ho so 2 van ban 2 2
urn:uuid:2e24e850-fc49-4a03-ae6a-165e4b6b44d9	2	3	ho so 2 van ban 2 3
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	1	1	ho so 1 van ban 1 1
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	1	2	ho so 1 van ban 1 2
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	2	1	ho so 1 van ban 2 1
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	2	2	ho so 1 van ban 2 2
urn:uuid:e77316ce-daa4-4c45-8a06-7b1a4d92392d	2	3	ho so 1 van ban 2 3
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	1	1	ho so 3 van ban 1 1
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	1	2	ho so 3 van ban 1 2
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	2	1	ho so 3 van ban 2 1
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	2	2	ho so 3 van ban 2 2
urn:uuid:2d4e34d3-bedd-469d-86ce-53386de6386e	2	3	ho so 3 van ban 2 3
\.


--
-- Data for Name: publication; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.publication (id, sequence, agency, fonds, basis, decided_by, decided_at) FROM stdin;
1349ed46-6732-428c-9fbe-431508f34fa1	1	H26.99.07	P9907	QĐ 1/QĐ-UBND	uid:0	2026-11-25 14:28:08.401+00
\.


--
-- Data for Name: schema_migration; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.schema_migration (name, digest, run_at) FROM stdin;
0001_catalogue.sql	aae7fc30e326662b77e0bfcfb07c382a6186540934ab0445ff6ccd16d563c953	2026-11-25 14:26:13.548821+00
\.


--
-- Name: batch_number; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.batch_number', 1, true);


--
-- Name: event_sequence_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.event_sequence_seq', 33, true);


--
-- Name: fencing_token; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.fencing_token', 3, true);


--
-- Name: package_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.package_id_seq', 3, true);


--
-- Name: publication_sequence_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.publication_sequence_seq', 1, true);


--
-- Name: agency agency_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.agency
    ADD CONSTRAINT agency_pkey PRIMARY KEY (code);


--
-- Name: aip aip_key_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.aip
    ADD CONSTRAINT aip_key_key UNIQUE (key);


--
-- Name: aip aip_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.aip
    ADD CONSTRAINT aip_pkey PRIMARY KEY (id);


--
-- Name: batch batch_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.batch
    ADD CONSTRAINT batch_pkey PRIMARY KEY (id);


--
-- Name: claim claim_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.claim
    ADD CONSTRAINT claim_pkey PRIMARY KEY (key);


--
-- Name: document document_aip_ordinal_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.document
    ADD CONSTRAINT document_aip_ordinal_key UNIQUE (aip, ordinal);


--
-- Name: document document_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.document
    ADD CONSTRAINT document_pkey PRIMARY KEY (id);


--
-- Name: event event_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (id);


--
-- Name: file file_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.file
    ADD CONSTRAINT file_pkey PRIMARY KEY (aip, path);


--
-- Name: fonds fonds_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.fonds
    ADD CONSTRAINT fonds_pkey PRIMARY KEY (agency, code);


--
-- Name: package package_batch_ordinal_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.package
    ADD CONSTRAINT package_batch_ordinal_key UNIQUE (batch, ordinal);


--
-- Name: package package_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.package
    ADD CONSTRAINT package_pkey PRIMARY KEY (id);


--
-- Name: page_text page_text_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.page_text
    ADD CONSTRAINT page_text_pkey PRIMARY KEY (aip, ordinal, page);


--
-- Name: publication publication_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.publication
    ADD CONSTRAINT publication_pkey PRIMARY KEY (id);


--
-- Name: schema_migration schema_migration_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (name);


--
-- Name: aip_fonds; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX aip_fonds ON public.aip USING btree (agency, fonds);


--
-- Name: batch_open; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX batch_open ON public.batch USING btree (source_bytes) WHERE (status = 'queued'::text);


--
-- Name: event_aip; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX event_aip ON public.event USING btree (aip, sequence);


--
-- Name: event_package; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX event_package ON public.event USING btree (package, sequence);


--
-- Name: package_open; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX package_open ON public.package USING btree (batch, ordinal) WHERE (next_step IS NOT NULL);


--
-- Name: package_quarantined; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX package_quarantined ON public.package USING btree (id) WHERE (status = ANY (ARRAY['quarantined'::text, 'conflict'::text, 'refused'::text]));


--
-- Name: publication_fonds; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX publication_fonds ON public.publication USING btree (agency, fonds);


--
-- Name: aip aip_agency_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.aip
    ADD CONSTRAINT aip_agency_fkey FOREIGN KEY (agency) REFERENCES public.agency(code);


--
-- Name: aip aip_agency_fonds_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.aip
    ADD CONSTRAINT aip_agency_fonds_fkey FOREIGN KEY (agency, fonds) REFERENCES public.fonds(agency, code);


--
-- Name: claim claim_package_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.claim
    ADD CONSTRAINT claim_package_fkey FOREIGN KEY (package) REFERENCES public.package(id);


--
-- Name: document document_aip_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.document
    ADD CONSTRAINT document_aip_fkey FOREIGN KEY (aip) REFERENCES public.aip(id);


--
-- Name: event event_package_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_package_fkey FOREIGN KEY (package) REFERENCES public.package(id);


--
-- Name: failure failure_package_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.failure
    ADD CONSTRAINT failure_package_fkey FOREIGN KEY (package) REFERENCES public.package(id);


--
-- Name: file file_aip_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.file
    ADD CONSTRAINT file_aip_fkey FOREIGN KEY (aip) REFERENCES public.aip(id);


--
-- Name: fonds fonds_agency_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.fonds
    ADD CONSTRAINT fonds_agency_fkey FOREIGN KEY (agency) REFERENCES public.agency(code);


--
-- Name: package package_batch_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.package
    ADD CONSTRAINT package_batch_fkey FOREIGN KEY (batch) REFERENCES public.batch(id);


--
-- Name: page_text page_text_aip_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.page_text
    ADD CONSTRAINT page_text_aip_fkey FOREIGN KEY (aip) REFERENCES public.aip(id);


--
-- Name: SCHEMA public; Type: ACL; Schema: -; Owner: -
--

GRANT USAGE ON SCHEMA public TO kho_app;


--
-- Name: TABLE agency; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.agency TO kho_app;


--
-- Name: TABLE aip; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.aip TO kho_app;


--
-- Name: TABLE batch; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.batch TO kho_app;


--
-- Name: SEQUENCE batch_number; Type: ACL; Schema: public; Owner: -
--

GRANT USAGE ON SEQUENCE public.batch_number TO kho_app;


--
-- Name: TABLE claim; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.claim TO kho_app;


--
-- Name: TABLE document; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.document TO kho_app;


--
-- Name: TABLE event; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.event TO kho_app;


--
-- Name: SEQUENCE event_sequence_seq; Type: ACL; Schema: public; Owner: -
--

GRANT USAGE ON SEQUENCE public.event_sequence_seq TO kho_app;


--
-- Name: TABLE failure; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.failure TO kho_app;


--
-- Name: SEQUENCE fencing_token; Type: ACL; Schema: public; Owner: -
--

GRANT USAGE ON SEQUENCE public.fencing_token TO kho_app;


--
-- Name: TABLE file; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.file TO kho_app;


--
-- Name: TABLE fonds; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.fonds TO kho_app;


--
-- Name: TABLE package; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.package TO kho_app;


--
-- Name: SEQUENCE package_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT USAGE ON SEQUENCE public.package_id_seq TO kho_app;


--
-- Name: TABLE page_text; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.page_text TO kho_app;


--
-- Name: TABLE publication; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.publication TO kho_app;


--
-- Name: SEQUENCE publication_sequence_seq; Type: ACL; Schema: public; Owner: -
--

GRANT USAGE ON SEQUENCE public.publication_sequence_seq TO kho_app;


--
-- PostgreSQL database dump complete
--


