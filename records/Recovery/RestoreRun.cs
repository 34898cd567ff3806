using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Ledger;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Recovery;

/// <summary>What a restore brought.</summary>
/// <param name="Facts">What the ledger told the records; null where there was no ledger, and two people are waited for.</param>
public sealed record RestoreReport(Guid Id, DateTimeOffset BackupAt, DateTimeOffset? KeysAt, int Objects, int Damaged, int? Facts);

/// <summary>
/// Brings records, pictures and keys back into an empty data folder. Keys and pictures come first, the records last, in one commit
/// that also closes the gate: there is no moment at which something could be served that the ledger has not been asked about.
/// </summary>
public sealed class RestoreRun(
    RecordsDb db, NpgsqlDataSource database, Backups backups, KeyCopies copies, KeyStore keys, IBlobStore blobs, RestoreDesk desk, PhotoGuardSettings settings)
{
    /// <param name="from">The place of the backups, or one backup in it (<see cref="BackupPlace"/>).</param>
    /// <param name="keysFrom">The place of the copies of keys; null where the living key store outlived the disaster.</param>
    /// <param name="ledger">The ledger's file or folder; null where it is lost.</param>
    /// <exception cref="RecoveryException">It is refused; the data folder is as it was, but for pictures and keys that no record names.</exception>
    /// <exception cref="EnvelopeBrokenException">The backup is damaged, or the root key is another.</exception>
    public async Task<RestoreReport> RunAsync(string from, string? keysFrom, string? ledger, Action<int, int> progress, CancellationToken cancel)
    {
        if (await db.Schools.AnyAsync(cancel))
            throw new RecoveryException("There are records in this data folder already. A backup is restored into an empty one: name it with --data.");
        var (place, backup) = await BackupPlace.ChooseAsync(from, settings, cancel);
        var manifest = await backups.CheckAsync(place, backup, cancel);
        var book = ledger is null ? null : ReadLedger(ledger);
        var keysAt = keysFrom is null ? (DateTimeOffset?)null : await TakeKeysAsync(keysFrom, manifest, book is null, cancel);
        var (objects, damaged) = await TakeObjectsAsync(place, manifest, progress, cancel);
        if (ledger is not null) TakeLedger(ledger);
        var id = Guid.CreateVersion7();
        await TakeRecordsAsync(place, backup, manifest, id, book is null, cancel);
        if (book is null) return new(id, manifest.At, keysAt, objects, damaged, null);
        await desk.EndAsync(id, cancel);
        return new(id, manifest.At, keysAt, objects, damaged, await FactsAsync(id, cancel));
    }

    /// <exception cref="RecoveryException">It is not a ledger, or not whole: then it vouches for nothing.</exception>
    private static LedgerBook ReadLedger(string path)
    {
        var book = LedgerBook.Read(path);
        if (book.Schools.Count == 0) throw new RecoveryException($"{path} holds no ledger. Without one, leave --ledger out: then two people have to agree before anything is shown.");
        foreach (var school in book.Schools)
        {
            if (book[school].MissingAfter() is { } missing) throw new RecoveryException($"The ledger is not whole: position {missing} of the school {school} is missing. Give the folder with the files of every node.");
            if (book[school].Damage is [var damage, ..]) throw new RecoveryException($"The ledger was changed: {damage}.");
        }
        return book;
    }

    private async Task<DateTimeOffset> TakeKeysAsync(string from, BackupManifest manifest, bool withoutLedger, CancellationToken cancel)
    {
        var (at, copy) = await copies.LatestAsync(from, await db.NowAsync(cancel), cancel);
        // Without ledger, the keys alone say what was destroyed since the backup.
        if (withoutLedger && at < manifest.At)
            throw new RecoveryException($"Without the ledger the copy of the keys has to be younger than the backup: it is of {at:yyyy-MM-dd HH:mm}, the backup of {manifest.At:yyyy-MM-dd HH:mm} UTC.");
        await keys.TakeAsync(copy, cancel);
        return at;
    }

    /// <summary>A damaged picture is left out and counted; it does not keep the others.</summary>
    private async Task<(int Taken, int Damaged)> TakeObjectsAsync(BackupPlace place, BackupManifest manifest, Action<int, int> progress, CancellationToken cancel)
    {
        var (taken, damaged) = (0, 0);
        foreach (var item in manifest.Objects)
        {
            // Read once: what is compared is what is put back.
            if (await place.OpenAsync(Backups.NameOf(item.Name), cancel) is { } file && await BytesAsync(file, item, cancel) is { } bytes)
            {
                if (!await blobs.ExistsAsync(item.Name, cancel)) await blobs.PutAsync(item.Name, bytes, cancel);
                taken++;
            }
            else
            {
                damaged++;
            }
            progress(taken + damaged, manifest.Objects.Count);
        }
        return (taken, damaged);
    }

    /// <returns>Null where they are not what the manifest says.</returns>
    private static async Task<byte[]?> BytesAsync(Stream file, BackupObject item, CancellationToken cancel)
    {
        await using var read = file;
        if (read.Length != item.Length) return null;
        var bytes = new byte[item.Length];
        await read.ReadExactlyAsync(bytes, cancel);
        return Convert.ToHexStringLower(SHA256.HashData(bytes)) == item.Sha256 ? bytes : null;
    }

    /// <summary>The ledger goes on where it ended: its files come to lie in the service's own folder.</summary>
    private void TakeLedger(string from)
    {
        Directory.CreateDirectory(settings.Ledger, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in LedgerFile.At(from))
        {
            var target = Path.Combine(settings.Ledger, Path.GetFileName(file));
            if (!File.Exists(target)) File.Copy(file, target);
        }
    }

    private async Task TakeRecordsAsync(BackupPlace place, string backup, BackupManifest manifest, Guid id, bool withoutLedger, CancellationToken cancel)
    {
        var dump = await backups.UnsealDumpAsync(place, backup, cancel);
        try
        {
            var state = Words.Of(withoutLedger ? RestoreState.AwaitingApproval : RestoreState.Replaying);
            await new PostgresTools(settings.Database).RestoreAsync(dump,
                $"reset search_path; insert into restores (id, why, state, backup_at) values ('{id}', 'backup', '{state}', '{manifest.At:O}') on conflict do nothing;", cancel);
        }
        finally
        {
            File.Delete(dump);
        }
        await LifetimesRole.PrepareAsync(database, cancel);
        db.ChangeTracker.Clear();
    }

    private async Task<int> FactsAsync(Guid id, CancellationToken cancel) => (await db.Database.SqlQuery<int>($"""
        select coalesce(sum((details ->> 'facts')::int), 0)::int as "Value" from audit_entries where event = 'records.restored' and subject_id = {id.ToString()}
        """).ToListAsync(cancel))[0];
}
