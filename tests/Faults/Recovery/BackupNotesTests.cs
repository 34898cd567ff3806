using PhotoGuard.Records.Recovery;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Pages;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Faults.Recovery;

/// <summary>A backup counts when it was read back whole; a night without one is noticed.</summary>
public sealed class BackupNotesTests : IAsyncLifetime
{
    private readonly TestApi api = new();
    private readonly string place = Directory.CreateTempSubdirectory("photoguard-notes-").FullName;
    private TestSchool school = null!;

    private string Kept => Path.Combine(place, "backups");

    public async Task InitializeAsync()
    {
        await api.InitializeAsync();
        school = await api.SchoolAsync();
        await school.UploadAsync(await school.ActivityAsync(), TestPhotos.Picture(64, 48));
    }

    public async Task DisposeAsync()
    {
        await api.DisposeAsync();
        Directory.Delete(place, recursive: true);
    }

    [Fact]
    public async Task What_was_made_is_in_every_schools_chain_and_on_the_page()
    {
        var other = await api.SchoolAsync();
        using var ict = await school.VisitAsync(Role.Ict);
        (await ict.GetAsync("/operations")).Must(200).MustSay("Last backupnone yet").MustSay("Last copy of the keysnone yet");
        Assert.Equal(1, (await BackupAsync()).Items);
        await api.Records.RunAsync<KeyCopies>(it => it.MakeAsync(Path.Combine(place, "keys"), CancellationToken.None));
        foreach (var one in new[] { school, other })
            Assert.Equal(2, (await api.Records.EventsAsync(one.Id)).Count(name => name == "backup.made"));
        (await ict.GetAsync("/operations")).MustSay("less than an hour ago: 1 object, read back, in").MustSay("Last copy of the keys");
    }

    [Fact]
    public async Task Fault61_an_object_that_changed_in_the_backup_is_copied_anew_by_the_next_and_told()
    {
        Assert.Equal(0, (await BackupAsync()).Mended);
        var picture = Assert.Single(Directory.GetFiles(Path.Combine(Kept, "objects"), "*", SearchOption.AllDirectories));
        var bytes = await File.ReadAllBytesAsync(picture);
        await using (var file = new FileStream(picture, FileMode.Open)) file.WriteByte((byte)(bytes[0] ^ 1));
        Assert.Equal(1, (await BackupAsync()).Mended);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(picture));
        Assert.Equal(0, (await BackupAsync()).Mended);
        var told = await api.Records.ScalarAsync<string>("select string_agg(details ->> 'mended', ' ' order by id) from audit_entries where event = 'backup.made'");
        Assert.Equal("0 1 0", told);
    }

    [Fact]
    public async Task Fault61_a_damaged_earlier_backup_is_told_keeps_no_new_one_and_nothing_old_is_deleted()
    {
        await BackupAsync();
        var manifest = Directory.GetFiles(Kept, "manifest", SearchOption.AllDirectories).Single();
        var bytes = await File.ReadAllBytesAsync(manifest);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(manifest, bytes);
        var told = await Assert.ThrowsAsync<RecoveryException>(BackupAsync);
        Assert.Contains(Path.GetDirectoryName(manifest)!, told.Message, StringComparison.Ordinal);
        Assert.Equal(2, await api.Records.ScalarAsync<long>("select count(*) from backups"));
        Directory.Delete(Path.GetDirectoryName(manifest)!, recursive: true);
        await BackupAsync();
    }

    [Fact]
    public async Task Twenty_six_hours_without_a_backup_or_a_copy_of_the_keys_are_told_once_and_are_red()
    {
        using var ict = await school.VisitAsync(Role.Ict);
        await api.Records.ExecuteAsync("update schools set created_at = now() - interval '25 hours'");
        Assert.Empty(await TellAsync());
        await api.Records.ExecuteAsync("update schools set created_at = now() - interval '27 hours'");
        Assert.Equal([BackupOf.Records, BackupOf.Keys], (await TellAsync()).Select(missed => missed.What));
        Assert.Empty(await TellAsync());
        (await ict.GetAsync("/operations")).MustSay("No backup since").MustSay("No copy of the keys since");

        await BackupAsync();
        var page = (await ict.GetAsync("/operations")).MustSay("No copy of the keys since");
        Assert.DoesNotContain("No backup since", page.Words, StringComparison.Ordinal);
        Assert.Equal(2, (await api.Records.EventsAsync(school.Id)).Count(name => name == "backup.missed"));
    }

    private Task<Backup> BackupAsync() => api.Records.RunAsync<Backups, Backup>(it => it.MakeAsync(Kept, (_, _) => { }, CancellationToken.None));

    private Task<IReadOnlyList<MissedBackup>> TellAsync() => api.Records.RunAsync<BackupNotes, IReadOnlyList<MissedBackup>>(it => it.TellAsync(CancellationToken.None));
}
