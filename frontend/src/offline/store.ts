/** What this device keeps of its own: the forms that wait to be sent, and the draft of a report. Shared by pages and the service worker. */
const NAME = 'gezhi';
const VERSION = 1;

export type Shelf = 'queue' | 'drafts';

let opened: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((found, failed) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      // Numbers only grow: they are the order in which things were written.
      asked.result.createObjectStore('queue', { keyPath: 'id', autoIncrement: true });
      asked.result.createObjectStore('drafts', { keyPath: 'name' });
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => {
        asked.result.close();
        opened = undefined;
      };
      found(asked.result);
    };
    asked.onerror = () => failed(asked.error);
  }).catch((error: unknown) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

/** Do one thing with a shelf. Resolves once it is on the disk. Rejects where the device keeps nothing, or is full. */
export async function on<T>(shelf: Shelf, mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const base = await open();
  return new Promise((done, failed) => {
    const transaction = base.transaction(shelf, mode, { durability: 'strict' });
    const asked = work(transaction.objectStore(shelf));
    transaction.oncomplete = () => done(asked.result);
    transaction.onabort = transaction.onerror = () => failed(transaction.error ?? asked.error);
  });
}
