/** One step of the database's shape, there and back; each way is one transaction. */
export interface Migration {
  name: string;
  up(run: (sql: string) => Promise<void>): Promise<void>;
  down(run: (sql: string) => Promise<void>): Promise<void>;
}
