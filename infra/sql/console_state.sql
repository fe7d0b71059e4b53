-- schema --
create table if not exists user (
    name text primary key,
    password text not null,
    role text not null,
    unit text,
    locked integer not null default 0,
    created_at real not null
) strict;
create table if not exists session (
    token_hash text primary key,
    user text not null references user (name) on delete cascade,
    csrf text not null,
    started_at real not null,
    seen_at real not null
) strict;
create index if not exists session_user on session (user);
create table if not exists failure (subject text not null, at real not null) strict;
create index if not exists failure_subject on failure (subject, at);
create table if not exists audit (
    id integer primary key,
    at real not null,
    user text not null,
    role text not null,
    unit text,
    action text not null,
    subject text not null,
    reason text not null,
    outcome text not null,
    facts text not null
) strict;
create index if not exists audit_at on audit (at);
-- What was written down stays written: neither the console nor a slip of ours changes it.
create trigger if not exists audit_kept before update on audit
begin select raise(abort, 'the audit is never changed'); end;
create trigger if not exists audit_whole before delete on audit
begin select raise(abort, 'the audit is never shortened'); end;

-- add_user --
insert into user (name, password, role, unit, created_at)
values (:name, :password, :role, :unit, :at);

-- user --
select name, password, role, unit, locked, created_at from user where name = :name;

-- users --
select name, role, unit, locked, created_at,
    (select max(seen_at) from session where session.user = user.name) as seen_at
from user order by name;

-- set_role --
update user set role = :role, unit = :unit where name = :name;

-- set_password --
update user set password = :password where name = :name;

-- set_locked --
update user set locked = :locked where name = :name;

-- start_session --
insert into session (token_hash, user, csrf, started_at, seen_at)
values (:token_hash, :user, :csrf, :at, :at);

-- session --
select session.user, session.csrf, session.started_at, session.seen_at,
    user.role, user.unit, user.locked
from session join user on user.name = session.user where token_hash = :token_hash;

-- touch --
update session set seen_at = :at where token_hash = :token_hash;

-- end_session --
delete from session where token_hash = :token_hash;

-- end_sessions_of --
delete from session where user = :user;

-- end_old_sessions --
delete from session where seen_at < :seen_before or started_at < :started_before;

-- fail --
insert into failure (subject, at) values (:subject, :at);

-- failures --
select count(*), max(at) from failure where subject = :subject and at > :after;

-- forgive --
delete from failure where subject = :subject;

-- forget_failures --
delete from failure where at < :before;

-- note --
insert into audit (at, user, role, unit, action, subject, reason, outcome, facts)
values (:at, :user, :role, :unit, :action, :subject, :reason, :outcome, :facts);

-- entries --
select id, at, user, role, unit, action, subject, reason, outcome, facts from audit
where (:unit is null or unit = :unit) and (:user is null or user = :user)
and (:action is null or action = :action) and (:before is null or id < :before)
order by id desc limit :most;
