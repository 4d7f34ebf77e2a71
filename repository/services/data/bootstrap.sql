-- Run once by a new cluster in single-user mode. kho_owner owns the tables; kho_app owns nothing.
create role kho_owner login createdb password '{owner_password}';

create role kho_app login password '{app_password}';

grant kho_app to kho_owner;

create database kho owner kho_owner;

revoke all on database kho from public;

grant connect, temporary on database kho to kho_app;

