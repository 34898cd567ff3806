using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;
using PhotoGuard.Benchmarks.Service;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Store;
using PhotoGuard.Workers.Demo;

namespace PhotoGuard.Benchmarks.Removal;

/// <summary>
/// Photos as the product leaves them when they are linked, accepted and rendered, without sending each of them through it: keys by the
/// product's key store, one by one; a really small picture as original, thumb and web, encrypted by the product's envelope, in files laid
/// out as its disk store does; rows by COPY. Filling is not what is measured.
/// </summary>
public sealed class FilledPhotos(BenchService service, BenchSchool school, Guid screener)
{
    private const int Together = 2000, AtOnce = 16;

    private static readonly byte[] Picture = DemoPictures.Jpeg(new DemoPicture { Width = 16, Height = 16, TakenAt = DateTimeOffset.UtcNow });

    private readonly NpgsqlDataSource records = service.Services.GetRequiredService<NpgsqlDataSource>();
    private readonly KeyStore keys = service.Services.GetRequiredService<KeyStore>();

    /// <summary>The folder of the store.</summary>
    public string Store { get; } = service.Settings.Blobs.Split(':', 2)[1];

    /// <summary>Adds so many, each with all of these pupils in it.</summary>
    /// <param name="deleteAfter">When their time is up.</param>
    /// <returns>Their ids.</returns>
    public async Task<IReadOnlyList<Guid>> AddAsync(int count, IReadOnlyList<Guid> pupils, DateTimeOffset deleteAfter)
    {
        var all = new List<Guid>(count);
        while (all.Count < count)
        {
            var photos = Enumerable.Range(0, Math.Min(Together, count - all.Count)).Select(_ => Guid.CreateVersion7()).ToArray();
            await using var connection = await records.OpenConnectionAsync();
            // Registered first, as the product does it: a running worker sweeps away what nobody knows of.
            await CopyObjectsAsync(connection, photos);
            await Parallel.ForEachAsync(photos, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (photo, cancel) =>
                Write(photo, await keys.CreatePhotoKeyAsync(school.Id, photo, cancel)));
            await using var transaction = await connection.BeginTransactionAsync();
            await CopyRowsAsync(connection, photos, pupils, deleteAfter);
            await transaction.CommitAsync();
            all.AddRange(photos);
        }
        return all;
    }

    /// <summary>As after a quiet day: statistics are up to date and what was filled is on the disk.</summary>
    public async Task SettleAsync()
    {
        await using (var settle = records.CreateCommand("vacuum analyze")) await settle.ExecuteNonQueryAsync();
        await using (var settle = service.Services.GetRequiredKeyedService<NpgsqlDataSource>(RecordsWiring.KeysDatabase).CreateCommand("vacuum analyze"))
            await settle.ExecuteNonQueryAsync();
        await using (var settle = records.CreateCommand("checkpoint")) await settle.ExecuteNonQueryAsync();
        using var sync = System.Diagnostics.Process.Start("sync", ["-f", Store]);
        await sync.WaitForExitAsync();
    }

    private static string[] NamesOf(Guid photo) => [BlobName.Of(photo, 1, "original"), BlobName.Of(photo, 2, "thumb"), BlobName.Of(photo, 2, "web")];

    private void Write(Guid photo, byte[] key)
    {
        foreach (var name in NamesOf(photo))
        {
            var path = Path.Combine(Store, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var encrypted = Envelope.Encrypt(Picture, key, name);
            using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
            RandomAccess.Write(file, encrypted.Memory.Span, 0);
        }
    }

    private Task CopyObjectsAsync(NpgsqlConnection to, Guid[] photos)
    {
        var now = DateTimeOffset.UtcNow;
        return CopyAsync(to, "objects (name, school_id, photo_id, kind, generation, format, width, height, bytes, sha256, write_before, stored_at)",
            photos.SelectMany(photo => NamesOf(photo).Select(name => (photo, name))), (item, row) => row(
                item.name, school.Id, item.photo, item.name.Split('/')[3], long.Parse(item.name.Split('/')[2]), "jpeg", 16, 16, (long)Picture.Length,
                SHA256.HashData(Picture), now, now));
    }

    private async Task CopyRowsAsync(NpgsqlConnection to, Guid[] photos, IReadOnlyList<Guid> pupils, DateTimeOffset deleteAfter)
    {
        var now = DateTimeOffset.UtcNow;
        await CopyAsync(to, "photos (id, school_id, activity_id, family_id, uploaded_by, kind, width, height, bytes, taken_at, taken_from, delete_after, nobody_else)",
            photos, (photo, row) => row(photo, school.Id, school.Activity, photo, school.Teacher, "jpeg", 16, 16, (long)Picture.Length, now, "received", deleteAfter, true));
        await CopyAsync(to, "picture_digests (school_id, digest, photo_id)", photos,
            (photo, row) => row(school.Id, SHA256.HashData(photo.ToByteArray()), photo));
        await CopyAsync(to, "photo_pupils (photo_id, pupil_id, school_id, tagged_by)", photos.SelectMany(photo => pupils.Select(pupil => (photo, pupil))),
            (tag, row) => row(tag.photo, tag.pupil, school.Id, school.Teacher));
        await CopyAsync(to, "screening_decisions (id, school_id, photo_id, uploaded_by, decision, decided_by)", photos,
            (photo, row) => row(Guid.CreateVersion7(), school.Id, photo, school.Teacher, "accepted", screener));
        // Told to nobody yet, but in the order of every channel's feed, as each change of a photo puts it there.
        await CopyAsync(to, "feed_changes (school_id, channel, photo_id)", photos.SelectMany(photo => Channels.All.Select(channel => (photo, channel))),
            (item, row) => row(school.Id, Words.Of(item.channel), item.photo));
    }

    private static async Task CopyAsync<T>(NpgsqlConnection to, string table, IEnumerable<T> rows, Action<T, Row> tell)
    {
        await using var copy = await to.BeginBinaryImportAsync($"copy {table} from stdin (format binary)");
        foreach (var row in rows)
        {
            await copy.StartRowAsync();
            tell(row, values =>
            {
                foreach (var value in values)
                {
                    if (value is DateTimeOffset instant) copy.Write(instant, NpgsqlDbType.TimestampTz);
                    else copy.Write(value);
                }
            });
        }
        await copy.CompleteAsync();
    }

    private delegate void Row(params object[] values);
}
