using Microsoft.Extensions.DependencyInjection;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Recovery;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Devices;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Faults.Recovery;

/// <summary>A backup brings nothing back that was deleted or withdrawn since.</summary>
public sealed class RestoreTests : IAsyncLifetime
{
    private readonly TestApi api = new();
    private readonly string place = Directory.CreateTempSubdirectory("photoguard-restore-").FullName;
    private TestSchool school = null!;
    private TestPupil pupil = null!;
    private Guid activity;

    private string Backups => Path.Combine(place, "backups");

    private string Keys => Path.Combine(place, "keys");

    public async Task InitializeAsync()
    {
        await api.InitializeAsync();
        school = await api.SchoolAsync();
        activity = await school.ActivityAsync(channels: [Channel.Website]);
        pupil = await school.ClearedPupilAsync(Channel.Website);
        foreach (var role in new[] { Role.Editor, Role.Head, Role.Ict }) await school.AsAsync(role);
    }

    public async Task DisposeAsync()
    {
        await api.DisposeAsync();
        Directory.Delete(place, recursive: true);
    }

    [Fact]
    public async Task Fault58_Without_the_ledger_only_sign_in_answers_until_two_different_people_agree()
    {
        var (kept, erased) = (await RenderedPhotoAsync(), await RenderedPhotoAsync());
        await BackupAsync();
        await using (await TestWorkers.StartAsync(api.Records.Settings))
        {
            (await (await school.OfficeAsync()).PostAsync($"photos/{erased}/erasure", new { reason = "asked by a guardian" })).Must(202);
            await Eventually.IsAsync("the certificate", () => api.Records.ScalarAsync<bool>("select count(*) = 1 from certificates"));
        }
        await CopyKeysAsync();

        await using var records = await TestRecords.CreateAsync(rootKeyOf: api.Records.Settings);
        var report = await RestoreAsync(records, ledger: false);
        Assert.Null(report.Facts);
        var over = await TestApi.OverAsync(records);
        // It starts once the gate is open.
        var workers = TestWorkers.StartAsync(records.Settings);
        try
        {
            var (editor, head, ict) = (await AtAsync(over, Role.Editor), await AtAsync(over, Role.Head), await AtAsync(over, Role.Ict));
            foreach (var path in new[] { $"channels/website/photos/{kept}/thumb", $"photos/{kept}", "audit", "channels/website/photos", "/", "/openapi/v1.json" })
                Assert.Equal("restore-not-approved", (await ict.GetAsync(path)).Must(503).Problem ?? "restore-not-approved");
            (await ict.GetAsync("/sign-in")).Must(200);
            var restore = (await ict.GetAsync("restores")).Must(200).Json.GetProperty("items")[0].GetProperty("id").GetGuid();
            (await editor.PostAsync($"restores/{restore}/approval")).Must(403);
            Assert.Equal("awaitingSecond", (await ict.PostAsync($"restores/{restore}/approval")).Must(202).Json.GetProperty("state").GetString());
            Assert.Equal("second-person-needed", (await ict.PostAsync($"restores/{restore}/approval")).Must(409).Problem);
            (await editor.GetAsync($"channels/website/photos/{kept}/thumb")).Must(503);
            (await head.PostAsync($"restores/{restore}/approval")).Must(200);
            await Eventually.IsAsync("the gate", async () => (await editor.GetAsync($"channels/website/photos/{kept}/thumb")).Status == 200);
            await using var running = await workers;
            // Its key is not in the copy, which is younger than the backup: it was destroyed in between.
            (await editor.GetAsync($"channels/website/photos/{erased}/thumb")).Must(404, 410);
            await Eventually.IsAsync("what has no key is destroyed again", () => records.ScalarAsync<bool>("select count(*) = 1 from certificates where cause = 'keyGone'"));
        }
        finally
        {
            await over.CloseAsync();
        }
    }

    [Fact]
    public async Task Fault58_Without_the_ledger_a_copy_of_the_keys_older_than_the_backup_is_refused()
    {
        await RenderedPhotoAsync();
        await CopyKeysAsync();
        await BackupAsync();
        await using var records = await TestRecords.CreateAsync(rootKeyOf: api.Records.Settings);
        var refused = await Assert.ThrowsAsync<RecoveryException>(() => RestoreAsync(records, ledger: false));
        Assert.Contains("younger than the backup", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, await records.ScalarAsync<long>("select count(*) from schools"));
    }

    [Fact]
    public async Task Fault56_Who_has_left_since_the_backup_is_not_shown_again()
    {
        await BackupAsync();
        await CopyKeysAsync();
        Assert.Equal("cleared", await pupil.StandingAsync(Channel.Website));
        await pupil.PutAsync("3B", TestSchool.Today.AddYears(-8), leftOn: TestSchool.Today.AddDays(-1));
        Assert.Equal("left", await pupil.StandingAsync(Channel.Website));
        await SealedAsync();

        await using var records = await TestRecords.CreateAsync(rootKeyOf: api.Records.Settings);
        Assert.True((await RestoreAsync(records, ledger: true)).Facts > 0);
        Assert.Equal(TestSchool.Today.AddDays(-1), await records.ScalarAsync<DateOnly>("select left_on from pupils where mis_id = $1", pupil.MisId));
        Assert.Empty(await records.RunAsync<Verification, IReadOnlyList<string>>(it => it.RunAsync(CancellationToken.None)));
    }

    [Fact]
    public async Task Fault56_A_browser_that_was_the_device_before_the_backup_is_not_the_device_again()
    {
        (await school.VisitOnAsync("iPad 07")).Dispose();
        (await school.VisitOnAsync("iPad 08")).Dispose();
        await BackupAsync();
        await CopyKeysAsync();
        (await school.VisitOnAsync("iPad 07")).Dispose();
        await SealedAsync();

        await using var records = await TestRecords.CreateAsync(rootKeyOf: api.Records.Settings);
        await RestoreAsync(records, ledger: true);
        Assert.True(await records.ScalarAsync<bool>("select browser_hash is null from devices where name = 'iPad 07'"));
        Assert.True(await records.ScalarAsync<bool>("select browser_hash is not null from devices where name = 'iPad 08'"));
    }

    [Fact]
    public async Task Fault60_Keys_that_an_older_copy_brings_back_are_destroyed_again_before_anything_opens()
    {
        var erased = await RenderedPhotoAsync();
        await CopyKeysAsync();
        await BackupAsync();
        await using (await TestWorkers.StartAsync(api.Records.Settings))
        {
            (await (await school.OfficeAsync()).PostAsync($"photos/{erased}/erasure", new { reason = "asked by a guardian" })).Must(202);
            await Eventually.IsAsync("the certificate", () => api.Records.ScalarAsync<bool>("select count(*) = 1 from certificates"));
            await SealedAsync();
        }
        await using var records = await TestRecords.CreateAsync(rootKeyOf: api.Records.Settings);
        var report = await RestoreAsync(records, ledger: true);
        Assert.True(report.Facts > 0);
        Assert.False(await records.Services.GetRequiredService<KeyStore>().ExistsAsync(erased));
        Assert.Equal(GateState.Open, (await records.Services.GetRequiredService<ServingGate>().LookAsync(CancellationToken.None)).State);
    }

    [Fact]
    public async Task Fault60_A_copy_of_the_keys_older_than_a_week_is_refused_and_destroyed_by_the_next()
    {
        await RenderedPhotoAsync();
        await BackupAsync();
        await CopyKeysAsync();
        var copy = Assert.Single(Directory.GetFiles(Keys, "*.keys"));
        var old = Path.Combine(Keys, BackupPlace.NameOf(DateTimeOffset.UtcNow.AddDays(-8)) + ".keys");
        File.Move(copy, old);
        await using var records = await TestRecords.CreateAsync(rootKeyOf: api.Records.Settings);
        Assert.Contains("older than 7 days", (await Assert.ThrowsAsync<RecoveryException>(() => RestoreAsync(records, ledger: true))).Message, StringComparison.Ordinal);
        await CopyKeysAsync();
        Assert.False(File.Exists(old));
    }

    [Fact]
    public async Task Fault57_Pictures_older_than_the_records_are_swept_and_open_with_nothing()
    {
        var erased = await RenderedPhotoAsync();
        var folder = Path.Combine(api.Records.Settings.Blobs["disk:".Length..], BlobName.FolderOf(erased));
        var older = Path.Combine(place, "older");
        CopyFolder(folder, older);
        await using (await TestWorkers.StartAsync(api.Records.Settings))
        {
            (await (await school.OfficeAsync()).PostAsync($"photos/{erased}/erasure", new { reason = "asked by a guardian" })).Must(202);
            await Eventually.IsAsync("the certificate", () => api.Records.ScalarAsync<bool>("select count(*) = 1 from certificates"));
            await SealedAsync();
        }
        CopyFolder(older, folder);
        var findings = await api.Records.RunAsync<Verification, IReadOnlyList<string>>(it => it.RunAsync(CancellationToken.None));
        Assert.Contains(findings, finding => finding.Contains("certificate of deletion", StringComparison.Ordinal));
        await api.Records.RunAsync<PhotoGuard.Records.Photos.ObjectSweep>(it => it.SweepAllAsync(CancellationToken.None));
        Assert.Empty(await api.Records.RunAsync<Verification, IReadOnlyList<string>>(it => it.RunAsync(CancellationToken.None)));
        Assert.False(Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Any());
    }

    [Theory]
    [InlineData("manifest")]
    [InlineData("records")]
    public async Task Fault61_A_backup_with_a_changed_byte_is_refused_before_anything_is_touched(string file)
    {
        await RenderedPhotoAsync();
        await BackupAsync();
        await CopyKeysAsync();
        var path = Directory.GetFiles(Backups, file, SearchOption.AllDirectories).Single();
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
        await using var records = await TestRecords.CreateAsync(rootKeyOf: api.Records.Settings);
        await Assert.ThrowsAsync<EnvelopeBrokenException>(() => RestoreAsync(records, ledger: true));
        Assert.Equal(0, await records.ScalarAsync<long>("select count(*) from schools"));
    }

    [Fact]
    public async Task Fault61_A_damaged_picture_is_left_out_and_counted_and_keeps_none_of_the_others()
    {
        await RenderedPhotoAsync();
        await BackupAsync();
        await CopyKeysAsync();
        var picture = Directory.GetFiles(Path.Combine(Backups, "objects"), "web", SearchOption.AllDirectories).Single();
        await using (var file = new FileStream(picture, FileMode.Open)) file.WriteByte(0);
        await SealedAsync();
        await using var records = await TestRecords.CreateAsync(rootKeyOf: api.Records.Settings);
        var report = await RestoreAsync(records, ledger: true);
        Assert.Equal((2, 1), (report.Objects, report.Damaged));
    }

    [Fact]
    public async Task Keys_and_pictures_never_come_to_lie_under_one_root()
    {
        await BackupAsync();
        foreach (var near in new[] { Backups, Path.Combine(Backups, "keys"), place })
            await Assert.ThrowsAsync<RecoveryException>(() => api.Records.RunAsync<KeyCopies>(it => it.MakeAsync(near, CancellationToken.None)));
        await CopyKeysAsync();
        await Assert.ThrowsAsync<RecoveryException>(() => api.Records.RunAsync<Backups>(it => it.MakeAsync(Path.Combine(Keys, "b"), (_, _) => { }, CancellationToken.None)));
        await Assert.ThrowsAsync<RecoveryException>(() => api.Records.RunAsync<Backups>(it => it.MakeAsync(api.Records.Settings.Ledger, (_, _) => { }, CancellationToken.None)));
    }

    [Fact]
    public async Task A_backup_is_never_made_where_the_ledger_is()
    {
        // On a disk of its own, as docs/operations.md asks for; in the data folder nothing is made anyway.
        var ledger = Path.Combine(place, "ledger");
        await using var records = TestRecords.Over(api.Records.Settings with { Ledger = ledger });
        foreach (var near in new[] { ledger, Path.Combine(ledger, "backups"), place })
        {
            var refused = await Assert.ThrowsAsync<RecoveryException>(() => records.RunAsync<Backups>(it => it.MakeAsync(near, (_, _) => { }, CancellationToken.None)));
            Assert.Contains("the ledger has to outlive", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_backup_holds_no_name_no_pixel_and_no_key_that_opens()
    {
        await RenderedPhotoAsync();
        await BackupAsync();
        var key = await api.Records.ScalarAsync<byte[]>("select hash from access_tokens limit 1");
        foreach (var file in Directory.GetFiles(Backups, "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            Assert.True(bytes.AsSpan().IndexOf("Lovelace"u8) < 0 && bytes.AsSpan().IndexOf(key) < 0, file);
        }
    }

    [Fact]
    public async Task A_second_backup_copies_only_what_is_new_and_one_too_old_goes_with_its_pictures()
    {
        var gone = await RenderedPhotoAsync();
        await BackupAsync();
        var first = Directory.GetDirectories(Backups).Single(path => !path.EndsWith("objects", StringComparison.Ordinal));
        var written = Directory.GetFiles(Path.Combine(Backups, "objects"), "*", SearchOption.AllDirectories).ToDictionary(path => path, File.GetLastWriteTimeUtc);
        await RenderedPhotoAsync();
        await BackupAsync();
        foreach (var (path, at) in written) Assert.Equal(at, File.GetLastWriteTimeUtc(path));
        // As if five weeks had passed, and the photo was destroyed meanwhile.
        Directory.Move(first, Path.Combine(Backups, BackupPlace.NameOf(DateTimeOffset.UtcNow.AddDays(-36))));
        Directory.Delete(Directory.GetDirectories(Backups, "2*").Max()!, recursive: true);
        await using (await TestWorkers.StartAsync(api.Records.Settings))
        {
            (await (await school.OfficeAsync()).PostAsync($"photos/{gone}/erasure", new { reason = "asked by a guardian" })).Must(202);
            await Eventually.IsAsync("the certificate", () => api.Records.ScalarAsync<bool>("select count(*) = 1 from certificates"));
        }
        await BackupAsync();
        Assert.DoesNotContain(Directory.GetFiles(Path.Combine(Backups, "objects"), "*", SearchOption.AllDirectories), path => path.Contains(gone.ToString(), StringComparison.Ordinal));
    }

    private async Task<Guid> RenderedPhotoAsync()
    {
        var photo = await school.UploadAsync(activity, TestPhotos.Picture(64, 48));
        await school.LinkAsync(photo, pupil);
        await school.AcceptAsync(photo);
        await using var workers = await TestWorkers.StartAsync(api.Records.Settings);
        await Eventually.IsAsync("the renditions", () => api.Records.ScalarAsync<bool>(
            "select count(*) = 2 from objects where photo_id = $1 and kind in ('thumb', 'web') and stored_at is not null", photo));
        return photo;
    }

    private Task SealedAsync() => Eventually.IsAsync("the ledger to be told", async () =>
    {
        await api.Records.SealAsync();
        return await api.Records.ScalarAsync<bool>("select not exists (select from audit_unsealed)");
    });

    private Task BackupAsync() => api.Records.RunAsync<Backups>(it => it.MakeAsync(Backups, (_, _) => { }, CancellationToken.None));

    private Task CopyKeysAsync() => api.Records.RunAsync<KeyCopies>(it => it.MakeAsync(Keys, CancellationToken.None));

    private Task<RestoreReport> RestoreAsync(TestRecords records, bool ledger) => records.RunAsync<RestoreRun, RestoreReport>(it =>
        it.RunAsync(Backups, Keys, ledger ? api.Records.Settings.Ledger : null, (_, _) => { }, CancellationToken.None));

    private async Task<Person> AtAsync(TestApi over, Role role) => new(over.Address, await school.TokenAsync(role), (await school.AsAsync(role)).Id);

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
