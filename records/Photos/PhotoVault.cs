using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Telemetry;

namespace PhotoGuard.Records.Photos;

/// <summary>
/// Puts a photo's objects into the blob store: registered first, encrypted under the photo's own key, then finished in the
/// operation's commit. Whatever is not finished in time is swept.
/// </summary>
public sealed class PhotoVault(RecordsDb db, IBlobStore blobs, KeyStore keys)
{
    /// <summary>How long a writer may take from registration to the last byte.</summary>
    public static readonly TimeSpan WriteTime = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Registers the objects of one write under a new generation, in a commit of its own. Refused once the photo is being
    /// removed, so that nothing is written behind the removal's back.
    /// </summary>
    /// <param name="known">False for a photo that is being received and has no row yet.</param>
    /// <exception cref="Refusal"><c>gone</c> 410.</exception>
    public async Task<IReadOnlyList<StoredObject>> RegisterAsync(
        Guid school, Guid photo, bool known, IReadOnlyList<(ObjectKind Kind, string Format)> objects, CancellationToken cancel)
    {
        // A photo that is being received has no row to lock, and one statement is a commit of its own.
        await using var transaction = known ? await db.BeginAsync(cancel) : null;
        if (known)
        {
            var lives = await db.Database.SqlQuery<Guid>($"select id as \"Value\" from photos where id = {photo} for share").AnyAsync(cancel);
            if (!lives || await db.Tombstones.AnyAsync(row => row.PhotoId == photo, cancel)) throw Refusals.Gone();
        }
        var clock = (await db.Database.SqlQuery<Clock>($"select now() as \"Now\", nextval('generations') as \"Generation\"").ToListAsync(cancel))[0];
        var registered = objects.Select(item => new StoredObject
        {
            Name = BlobName.Of(photo, clock.Generation, Words.Of(item.Kind)),
            SchoolId = school,
            PhotoId = photo,
            Kind = item.Kind,
            Generation = clock.Generation,
            Format = item.Format,
            RegisteredAt = clock.Now,
            WriteBefore = clock.Now + WriteTime,
        }).ToList();
        db.Objects.AddRange(registered);
        await db.SaveChangesAsync(cancel);
        if (transaction is not null) await transaction.CommitAsync(cancel);
        return registered;
    }

    /// <summary>Encrypts and writes one registered object; gives up when its time is over. The caller's commit finishes it.</summary>
    /// <exception cref="BlobStoreUnavailableException">The store could not take it.</exception>
    /// <exception cref="OperationCanceledException">The time to write was over.</exception>
    public async Task WriteAsync(StoredObject item, ReadOnlyMemory<byte> plain, byte[] key, CancellationToken cancel)
    {
        using var encrypted = Envelope.Encrypt(plain.Span, key, item.Name);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(WriteTime);
        await blobs.PutAsync(item.Name, encrypted.Memory, limit.Token);
        item.Bytes = plain.Length;
        // Whoever pulls a rendition compares it; an original is held together by its envelope.
        if (item.Kind != ObjectKind.Original) item.Sha256 = SHA256.HashData(plain.Span);
    }

    /// <summary>
    /// Takes back an object that was never finished, bytes and row. Its row is locked meanwhile: either its writer's commit came
    /// first, and nothing is taken, or the writer finds no row and fails.
    /// </summary>
    /// <returns>False where it is finished.</returns>
    /// <exception cref="BlobStoreUnavailableException">It cannot be deleted now; the row stays to say so.</exception>
    public async Task<bool> TakeBackAsync(string name, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var finished = await db.Database.SqlQuery<bool>(
            $"select stored_at is not null as \"Value\" from objects where name = {name} for update").ToListAsync(cancel);
        if (finished is [true]) return false;
        await blobs.DeleteAsync(name, cancel);
        await db.Objects.Where(row => row.Name == name).ExecuteDeleteAsync(cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    /// <summary>
    /// Opens a stored object's plaintext, seekable. Only <see cref="PhotoOpening"/> calls this: it authorises and logs first.
    /// </summary>
    /// <exception cref="Refusal"><c>gone</c> 410: the key is destroyed or the object is not there.</exception>
    internal async Task<Stream> OpenAsync(StoredObject item, CancellationToken cancel)
    {
        var key = await keys.OpenAsync(item.SchoolId, item.PhotoId, cancel) ?? throw Refusals.Gone();
        try
        {
            var opened = await Envelope.OpenReadAsync(await blobs.OpenAsync(item.Name, cancel), key, item.Name, cancel);
            Signals.BytesOpened(item.Kind, item.Bytes);
            return opened;
        }
        catch (BlobNotFoundException)
        {
            throw Refusals.Gone();
        }
    }

    private sealed record Clock(DateTimeOffset Now, long Generation);
}
