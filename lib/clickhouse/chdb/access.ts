const xmlText = (text: string): string => text.replace(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);

/** What an analyst's statements may do; everything else, files and networks above all, is not granted. */
export const analystRole = 'analyst';
const ownerRole = 'owner';

/**
 * With less than this free it begins no insert and no merge. Where the disk became full under a merge, the engine has
 * put a part in place that it could not read (an empty file of marks), and removed the parts it was made of minutes
 * later.
 */
export const keepFreeBytes = 64 * 1024 ** 2;

/**
 * The engine's settings and rights, in ClickHouse's own configuration format. The embedded engine knows one user, so
 * rights hang on roles: a session starts with all of them and gives the owner's away before it runs an analyst's
 * statement.
 * @param file where this text will lie
 * @param zone in which sessions read and print times that have none of their own; without it, it would be the host's
 */
export const engineConfig = (file: string, maxMemoryBytes: number, zone: string): string => `<clickhouse>
  <users_config>${xmlText(file)}</users_config>
  <max_server_memory_usage>${maxMemoryBytes}</max_server_memory_usage>
  <storage_configuration><disks><default><keep_free_space_bytes>${keepFreeBytes}</keep_free_space_bytes></default></disks></storage_configuration>
  <profiles><default><session_timezone>${xmlText(zone)}</session_timezone></default></profiles>
  <quotas><default/></quotas>
  <roles>
    <${ownerRole}><grants><query>GRANT ALL ON *.*</query></grants></${ownerRole}>
    <${analystRole}><grants><query>GRANT SELECT, SHOW TABLES, SHOW COLUMNS, SHOW DATABASES ON *.*</query></grants></${analystRole}>
  </roles>
  <users>
    <default>
      <password></password>
      <networks><ip>::/0</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
      <grants><query>GRANT ${ownerRole}</query><query>GRANT ${analystRole}</query></grants>
    </default>
  </users>
</clickhouse>
`;
