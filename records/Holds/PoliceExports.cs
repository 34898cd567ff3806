using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Holds;

/// <summary>An export that two people agreed to.</summary>
/// <param name="Passphrase">Opens the file. Kept nowhere: told here, once, to the second person.</param>
public sealed record ExportAgreed(Guid Id, string Passphrase);

/// <summary>
/// Hands what is held to the police without anybody of the school seeing it (P16): two people agree, one of them takes a sealed file
/// once, and the police open it with the passphrase that the second one passes on by another way. The hold stays.
/// </summary>
public sealed class PoliceExports(RecordsDb db, KeyStore keys, PhotoOpening opening)
{
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The first person asks; another one agrees and is told the passphrase.</summary>
    /// <returns>Null while it waits for the second person.</returns>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>second-person-needed</c> 409.</exception>
    public async Task<ExportAgreed?> AskAsync(Act act, Guid photoId, CancellationToken cancel)
    {
        Rights.ExportForPolice.Must(act.By);
        await using var transaction = await db.BeginAsync(cancel);
        if (!await db.Photos.AnyAsync(row => row.Id == photoId && row.SchoolId == act.SchoolId, cancel)) throw Refusals.NotFound("picture");
        await db.LockFamiliesToChangeAsync([photoId], cancel);
        if (!await db.IsHeldAsync(photoId, cancel)) throw Refusals.NotFound("picture");
        var export = await db.PoliceExports.SingleOrDefaultAsync(row => row.PhotoId == photoId && row.ApprovedBy == null, cancel);
        if (export is null)
        {
            export = new PoliceExport { Id = Guid.CreateVersion7(), SchoolId = act.SchoolId, PhotoId = photoId, AskedBy = act.By.Person };
            db.PoliceExports.Add(export);
            act.Answers(202, export.Id, photoId);
            await db.CommitAsync(act, cancel, Event("export.asked", export));
            return null;
        }
        if (export.AskedBy == act.By.Person)
        {
            await db.CommitAsync(act with { Request = null }, cancel, Event("export.refused", export));
            throw new Refusal("second-person-needed", 409, "A second person has to agree before anything is handed to the police.");
        }
        var passphrase = SealedFile.NewPassphrase();
        var own = await keys.OpenAsync(act.SchoolId, photoId, cancel) ?? throw Refusals.Gone();
        export.Salt = RandomNumberGenerator.GetBytes(SealedFile.SaltLength);
        export.Wrapped = KeyWrap.Wrap(own, SealedFile.KeyOf(passphrase, export.Salt), Whose(export));
        (export.ApprovedBy, export.ApprovedAt) = (act.By.Person, await db.NowAsync(cancel));
        act.Answers(201, export.Id, photoId);
        await db.CommitAsync(act, cancel, Event("export.approved", export));
        return new(export.Id, passphrase);
    }

    /// <summary>The sealed file, for one of the two, once. Where it is lost on its way, two people agree to a new one.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>export-not-ready</c> 409 · <c>export-taken</c> 410.</exception>
    public async Task<byte[]> TakeAsync(Act act, Guid photoId, Guid exportId, CancellationToken cancel)
    {
        Rights.ExportForPolice.Must(act.By);
        await using var transaction = await db.BeginAsync(cancel);
        var export = await db.PoliceExports.FromSql(
            $"select * from police_exports where id = {exportId} and photo_id = {photoId} and school_id = {act.SchoolId} for update").SingleOrDefaultAsync(cancel);
        if (export is null || (act.By.Person != export.AskedBy && act.By.Person != export.ApprovedBy)) throw Refusals.NotFound("export");
        if (export.ApprovedBy is null) throw new Refusal("export-not-ready", 409, "A second person has to agree first.");
        if (export.TakenBy is not null) throw new Refusal("export-taken", 410, "This file has been taken already. It is given out once; please ask for a new one.");
        var own = await keys.OpenAsync(act.SchoolId, photoId, cancel) ?? throw Refusals.Gone();
        var key = KeyWrap.Unwrap(own, export.Wrapped, Whose(export)) ?? throw new KeyStoreException($"The key of the export {exportId} does not open.");
        var salt = export.Salt!;
        (export.TakenBy, export.TakenAt, export.Wrapped) = (act.By.Person, await db.NowAsync(cancel), null);
        var opened = await opening.OpenForPoliceAsync(act, photoId, Event("export.taken", export), cancel);
        await using var content = opened.Content;
        var picture = new byte[content.Length];
        await content.ReadExactlyAsync(picture, cancel);
        return SealedFile.Seal(await PackAsync(export, opened.Object.Format, picture, cancel), key, salt);
    }

    /// <summary>What waits for the actor or was agreed to and is not taken yet, for the page.</summary>
    public Task<List<PoliceExport>> OpenAsync(Act act, CancellationToken cancel)
    {
        Rights.ExportForPolice.Must(act.By);
        return db.PoliceExports.AsNoTracking().Where(row => row.SchoolId == act.SchoolId && row.TakenBy == null).OrderBy(row => row.Id).ToListAsync(cancel);
    }

    private async Task<byte[]> PackAsync(PoliceExport export, string format, byte[] picture, CancellationToken cancel)
    {
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(archive, $"picture.{format}", picture);
            Add(archive, "record.json", Encoding.UTF8.GetBytes(await RecordAsync(export, picture, cancel)));
        }
        return zip.ToArray();
    }

    /// <summary>Who, when and what; names, since the police will ask them.</summary>
    private async Task<string> RecordAsync(PoliceExport export, byte[] picture, CancellationToken cancel)
    {
        var photo = await db.Photos.AsNoTracking().SingleAsync(row => row.Id == export.PhotoId, cancel);
        var names = await db.Staff.AsNoTracking().Where(row => row.SchoolId == export.SchoolId).ToDictionaryAsync(row => row.Id, row => row.Name, cancel);
        var family = db.Photos.Where(row => row.FamilyId == photo.FamilyId).Select(row => row.Id);
        var concerns = await db.Concerns.AsNoTracking().Where(row => family.Contains(row.PhotoId)).OrderBy(row => row.Id).ToListAsync(cancel);
        var holds = await db.Holds.AsNoTracking().Where(row => family.Contains(row.PhotoId)).OrderBy(row => row.Id).ToListAsync(cancel);
        var texts = await keys.TextsAsync(export.SchoolId, [.. holds.Select(it => it.PhotoId), .. concerns.Select(it => it.PhotoId)], cancel);
        foreach (var hold in holds) hold.Open(texts[hold.PhotoId]);
        foreach (var concern in concerns) concern.Open(texts[concern.PhotoId]);
        return JsonSerializer.Serialize(new
        {
            school = (await db.Schools.AsNoTracking().SingleAsync(row => row.Id == export.SchoolId, cancel)).Name,
            export = export.Id,
            photo = photo.Id,
            picture = new { kind = Words.Of(photo.Kind), photo.Width, photo.Height, bytes = picture.Length, sha256 = Convert.ToHexStringLower(SHA256.HashData(picture)) },
            photo.TakenAt,
            takenAtFrom = Words.Of(photo.TakenFrom),
            photo.ReceivedAt,
            uploadedBy = names.GetValueOrDefault(photo.UploadedBy),
            device = await db.Devices.Where(row => row.Id == photo.DeviceId).Select(row => row.Name).SingleOrDefaultAsync(cancel),
            cameraMake = photo.CameraMake,
            cameraModel = photo.CameraModel,
            concerns = concerns.Select(it => new { kind = Words.Of(it.Kind), note = it.Note?.Text, raisedBy = names.GetValueOrDefault(it.RaisedBy), it.RaisedAt }),
            holds = holds.Select(it => new { reason = it.Reason.Text, placedBy = names.GetValueOrDefault(it.PlacedBy), it.PlacedAt, it.ReleasedAt }),
            askedBy = names.GetValueOrDefault(export.AskedBy),
            export.AskedAt,
            approvedBy = names.GetValueOrDefault(export.ApprovedBy!.Value),
            export.ApprovedAt,
            takenBy = names.GetValueOrDefault(export.TakenBy!.Value),
            exportTakenAt = export.TakenAt,
            remark = "The picture as the school keeps it: its metadata was removed when it was received.",
        }, Readable);
    }

    private static void Add(ZipArchive archive, string name, byte[] bytes)
    {
        using var entry = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
        entry.Write(bytes);
    }

    private static byte[] Whose(PoliceExport export) => Encoding.ASCII.GetBytes($"police-export {export.Id:N}");

    private static AuditEvent Event(string name, PoliceExport export) => new(name, export.PhotoId, "export", export.Id.ToString());
}
