using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Extensions.DependencyInjection;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Recovery;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Flows;
using PhotoGuard.Tests.Records.Blobs;

namespace PhotoGuard.Tests.Faults.Recovery;

/// <summary>Backups and copies of the keys in Azure containers, of two accounts: as in folders.</summary>
public sealed class BackupContainerTests : IAsyncLifetime
{
    private readonly string backups = $"b{Guid.NewGuid():N}", keys = $"k{Guid.NewGuid():N}";
    private readonly TestApi api = new();
    private TestRecords records = null!;
    private TestSchool school = null!;
    private Azurite azure = null!;

    public async Task InitializeAsync()
    {
        azure = await Azurite.SharedAsync();
        await api.InitializeAsync();
        records = TestRecords.Over(Accounts(api.Records.Settings));
        school = await api.SchoolAsync();
    }

    public async Task DisposeAsync()
    {
        await records.DisposeAsync();
        await api.DisposeAsync();
    }

    [Fact]
    public async Task What_was_withdrawn_since_the_backup_stays_down_and_all_else_is_back()
    {
        var activity = await school.ActivityAsync(channels: [Channel.Website]);
        var (stays, leaves) = (await school.ClearedPupilAsync(Channel.Website), await school.ClearedPupilAsync(Channel.Website));
        var (kept, withdrawn) = (await school.UploadAsync(activity, TestPhotos.Picture(64, 48)), await school.UploadAsync(activity, TestPhotos.Picture(64, 48)));
        await school.LinkAsync(kept, stays);
        await school.LinkAsync(withdrawn, leaves);
        Assert.Equal(2, (await BackupAsync()).Items);
        Assert.Equal($"azure:{backups}", await records.ScalarAsync<string>("select place from backups"));
        await CopyKeysAsync();
        await leaves.AnswerAsync(Channel.Internal, Answer.Withdrawn);
        await records.SealAsync();

        await using var empty = await TestRecords.CreateAsync(rootKeyOf: records.Settings);
        await using var restored = TestRecords.Over(Accounts(empty.Settings));
        var report = await restored.RunAsync<RestoreRun, RestoreReport>(it => it.RunAsync($"azure:{backups}", $"azure:{keys}", records.Settings.Ledger, (_, _) => { }, CancellationToken.None));
        Assert.Equal((2, 0), (report.Objects, report.Damaged));
        Assert.Equal("withdrawn", await restored.ScalarAsync<string>("select answer from consent_answers order by recorded_at desc limit 1"));
        Assert.Equal(1, await restored.ScalarAsync<long>("select count(*) from removals where photo_id = $1 and place = 'store'", withdrawn));
        Assert.Equal(0, await restored.ScalarAsync<long>("select count(*) from removals where photo_id = $1", kept));
    }

    [Fact]
    public async Task Fault61_an_object_that_changed_there_is_copied_anew_and_a_backup_can_be_named()
    {
        await school.UploadAsync(await school.ActivityAsync(), TestPhotos.Picture(64, 48));
        await BackupAsync();
        var container = azure.Container(Azurite.Backups, backups);
        var picture = (await container.GetBlobsAsync(prefix: "objects/").ToListAsync()).Single().Name;
        await container.GetBlobClient(picture).UploadAsync(BinaryData.FromString("not it"), overwrite: true);
        Assert.Equal(1, (await BackupAsync()).Mended);
        var names = (await container.GetBlobsByHierarchyAsync(delimiter: "/").ToListAsync()).Where(item => item.IsPrefix).Select(item => item.Prefix.TrimEnd('/')).Where(name => name != "objects").ToList();
        Assert.Equal(2, names.Count);
        await CopyKeysAsync();
        await records.SealAsync();
        await using var empty = await TestRecords.CreateAsync(rootKeyOf: records.Settings);
        await using var restored = TestRecords.Over(Accounts(empty.Settings));
        var first = await restored.RunAsync<RestoreRun, RestoreReport>(it => it.RunAsync($"azure:{backups}/{names.Min()}", $"azure:{keys}", records.Settings.Ledger, (_, _) => { }, CancellationToken.None));
        Assert.Equal(names.Min(), first.BackupAt.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff'Z'"));
    }

    [Fact]
    public async Task Backups_of_35_days_ago_go_with_every_object_that_no_younger_one_lists()
    {
        await school.UploadAsync(await school.ActivityAsync(), TestPhotos.Picture(64, 48));
        await BackupAsync();
        var container = azure.Container(Azurite.Backups, backups);
        var old = BackupPlace.NameOf(DateTimeOffset.UtcNow.AddDays(-36));
        foreach (var item in await container.GetBlobsAsync().Where(item => item.Name.EndsWith("/manifest", StringComparison.Ordinal) || item.Name.EndsWith("/records", StringComparison.Ordinal)).ToListAsync())
        {
            var bytes = (await container.GetBlobClient(item.Name).DownloadContentAsync()).Value.Content;
            await container.GetBlobClient($"{old}/{item.Name.Split('/')[1]}").UploadAsync(bytes);
            await container.GetBlobClient(item.Name).DeleteAsync();
        }
        await records.ExecuteAsync("delete from objects");
        Assert.Equal(0, (await BackupAsync()).Items);
        var left = await container.GetBlobsAsync().Select(item => item.Name).ToListAsync();
        Assert.DoesNotContain(left, name => name.StartsWith(old, StringComparison.Ordinal) || name.StartsWith("objects/", StringComparison.Ordinal));
        Assert.Equal(3, left.Count);
    }

    [Fact]
    public async Task A_copy_of_the_keys_older_than_a_week_is_refused_and_destroyed_by_the_next()
    {
        await CopyKeysAsync();
        var container = azure.Container(Azurite.Keys, keys);
        var copy = (await container.GetBlobsAsync().Where(item => item.Name.EndsWith(".keys", StringComparison.Ordinal)).ToListAsync()).Single().Name;
        var old = $"{BackupPlace.NameOf(DateTimeOffset.UtcNow.AddDays(-8))}.keys";
        await container.GetBlobClient(old).UploadAsync((await container.GetBlobClient(copy).DownloadContentAsync()).Value.Content);
        await container.GetBlobClient(copy).DeleteAsync();
        await BackupAsync();
        await using var empty = await TestRecords.CreateAsync(rootKeyOf: records.Settings);
        await using var restored = TestRecords.Over(Accounts(empty.Settings));
        var refused = await Assert.ThrowsAsync<RecoveryException>(() => restored.RunAsync<RestoreRun, RestoreReport>(it => it.RunAsync($"azure:{backups}", $"azure:{keys}", null, (_, _) => { }, CancellationToken.None)));
        Assert.Contains("older than 7 days", refused.Message, StringComparison.Ordinal);
        await CopyKeysAsync();
        Assert.False(await container.GetBlobClient(old).ExistsAsync());
    }

    [Fact]
    public async Task Keys_and_pictures_never_come_to_lie_together()
    {
        await BackupAsync();
        Assert.Contains("account of their own", (await RefusedAsync(settings => settings with { KeyCopiesAccount = settings.BackupAccount }, keysTo: backups)).Message, StringComparison.Ordinal);
        Assert.Contains("are one root", (await RefusedAsync(settings => settings with { KeyCopiesAccount = settings.BackupAccount, BackupAccount = null }, keysTo: backups)).Message, StringComparison.Ordinal);
        Assert.Contains("holds the pictures themselves", (await RefusedAsync(settings => settings with { Blobs = $"azure:{settings.BackupAccount}" }, to: backups)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_that_strangers_may_read_that_has_no_account_or_no_possible_name_is_refused_in_a_sentence()
    {
        await azure.Container(Azurite.Backups, backups).CreateAsync(PublicAccessType.Blob);
        Assert.Contains("open to the public", (await RefusedAsync(settings => settings, to: backups)).Message, StringComparison.Ordinal);
        Assert.Contains("PHOTOGUARD_BACKUP_AZURE", (await RefusedAsync(settings => settings with { BackupAccount = null }, to: backups)).Message, StringComparison.Ordinal);
        Assert.Contains("is not the connection string", (await RefusedAsync(settings => settings with { BackupAccount = "secret" }, to: backups)).Message, StringComparison.Ordinal);
        Assert.Contains("is not the name of an Azure container", (await RefusedAsync(settings => settings, to: "No_Such")).Message, StringComparison.Ordinal);
        await azure.Container(Azurite.Backups, keys).CreateAsync();
        await using var empty = await TestRecords.CreateAsync(rootKeyOf: records.Settings);
        await using var restored = TestRecords.Over(Accounts(empty.Settings));
        Assert.Contains("holds no backups", (await Assert.ThrowsAsync<RecoveryException>(() => restored.RunAsync<RestoreRun, RestoreReport>(
            it => it.RunAsync($"azure:{keys}", null, null, (_, _) => { }, CancellationToken.None)))).Message, StringComparison.Ordinal);
    }

    private PhotoGuardSettings Accounts(PhotoGuardSettings settings) => settings with { BackupAccount = azure.Connection(Azurite.Backups), KeyCopiesAccount = azure.Connection(Azurite.Keys) };

    private Task<Backup> BackupAsync() => records.RunAsync<Backups, Backup>(it => it.MakeAsync($"azure:{backups}", (_, _) => { }, CancellationToken.None));

    private Task<int> CopyKeysAsync() => records.RunAsync<KeyCopies, int>(it => it.MakeAsync($"azure:{keys}", CancellationToken.None));

    private async Task<RecoveryException> RefusedAsync(Func<PhotoGuardSettings, PhotoGuardSettings> change, string? to = null, string? keysTo = null)
    {
        await using var changed = TestRecords.Over(change(records.Settings));
        return await Assert.ThrowsAsync<RecoveryException>(() => to is not null
            ? changed.RunAsync<Backups>(it => it.MakeAsync($"azure:{to}", (_, _) => { }, CancellationToken.None))
            : changed.RunAsync<KeyCopies>(it => it.MakeAsync($"azure:{keysTo}", CancellationToken.None)));
    }
}
