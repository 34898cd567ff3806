using Microsoft.Extensions.DependencyInjection;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Pages;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Faults.BadDays;

/// <summary>Records that do not know the store beside them destroy nothing of it: somebody named the wrong database.</summary>
public sealed class WrongRecordsTests : IAsyncLifetime
{
    private readonly TestApi api = new();
    private TestSchool school = null!;
    private PhotoFlows flows = null!;
    private Guid photo;

    /// <summary>Where the store keeps them.</summary>
    private string Photos => Path.Combine(api.Records.Settings.Blobs.Split(':', 2)[1], "photos");

    public async Task InitializeAsync()
    {
        await api.InitializeAsync();
        school = await api.SchoolAsync();
        flows = PhotoFlows.Over(api.Records.Settings);
        var pupil = await school.ClearedPupilAsync(Channel.Website);
        photo = await school.UploadAsync(await school.ActivityAsync(channels: [Channel.Website]));
        (await (await school.TeacherAsync()).PutAsync($"photos/{photo}/pupils", new { pupils = new[] { pupil.MisId }, nobodyElse = true })).Must(200);
        await flows.RecoverAsync();
        // Keys of the last hour are never anybody's to take away.
        await KeysAgeAsync();
    }

    public async Task DisposeAsync()
    {
        await flows.DisposeAsync();
        await api.DisposeAsync();
    }

    [Fact]
    public async Task Records_that_never_knew_a_photo_destroy_no_object_and_no_key()
    {
        await using var others = await TestRecords.CreateAsync();
        await using var wrong = TestRecords.Over(api.Records.Settings with { Database = others.Settings.Database });
        var (files, keys) = (Files(), await KeysAsync());

        var found = await wrong.RunAsync<ObjectSweep, ObjectSweepResult>(sweep => sweep.SweepAllAsync(default));
        Assert.True(found.Stopped);
        Assert.Equal((files.Count, keys), (found.Objects, (long)found.Keys));
        Assert.Equal((files.Count, keys), (Files().Count, await KeysAsync()));

        // The right ones go on.
        Assert.False((await SweepAsync()).Stopped);
        await Books.MustBalanceAsync(flows);
        await Books.MustOpenAsync(flows, photo);
    }

    [Fact]
    public async Task More_than_a_hundred_objects_of_nobody_and_a_fifth_of_all_wait_for_somebody_who_looks()
    {
        Plant(100);
        var few = await SweepAsync();
        Assert.Equal((100, false), (few.Objects, few.Stopped));
        Plant(101);
        var many = await SweepAsync();
        Assert.Equal((101, true), (many.Objects, many.Stopped));
        Assert.Equal(104, Files().Count);
        using var ict = await school.VisitAsync(Role.Ict);
        (await ict.GetAsync("/operations")).Must(200).MustSay("101 objects in the store and 0 keys belong to nobody");

        var beyond = await api.Records.RunAsync<ObjectSweep, ObjectSweepResult>(sweep => sweep.SweepAllAsync(default, beyondBrake: true));
        Assert.Equal((101, false), (beyond.Objects, beyond.Stopped));
        Assert.Equal(3, Files().Count);
        Assert.DoesNotContain("belong to nobody", (await ict.GetAsync("/operations")).Words, StringComparison.Ordinal);
        await Books.MustOpenAsync(flows, photo);
    }

    [Fact]
    public async Task With_too_many_objects_of_nobody_no_key_goes_either()
    {
        await KeysOfNobodyAsync(1);
        Plant(101);
        Assert.True((await SweepAsync()).Stopped);
        Assert.Equal(1L, await KeysOfNobodyAsync(0));
        foreach (var folder in Directory.GetDirectories(Photos).Where(folder => !folder.EndsWith(photo.ToString(), StringComparison.Ordinal))) Directory.Delete(folder, recursive: true);
        Assert.Equal(1, (await SweepAsync()).Keys);
        Assert.Equal(0L, await KeysOfNobodyAsync(0));
    }

    [Fact]
    public async Task More_than_a_hundred_keys_of_nobody_wait_as_well()
    {
        await KeysOfNobodyAsync(101);
        var found = await SweepAsync();
        Assert.Equal((101, true), (found.Keys, found.Stopped));
        Assert.Equal(101L, await KeysOfNobodyAsync(0));
    }

    [Fact]
    public async Task A_picture_that_is_missing_in_the_store_is_told_on_the_page()
    {
        File.Delete(Files()[0]);
        Assert.Single((await SweepAsync()).Missing);
        using var ict = await school.VisitAsync(Role.Ict);
        (await ict.GetAsync("/operations")).Must(200).MustSay("1 picture file is registered and not in the store");
    }

    private Task<ObjectSweepResult> SweepAsync() => api.Records.RunAsync<ObjectSweep, ObjectSweepResult>(sweep => sweep.SweepAllAsync(default));

    private List<string> Files() => [.. Directory.GetFiles(Photos, "*", SearchOption.AllDirectories)];

    private void Plant(int objects)
    {
        for (var nth = 0; nth < objects; nth++)
        {
            var file = Path.Combine(Photos, "..", BlobName.Of(Guid.CreateVersion7(), 1, "original"));
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, "of nobody");
        }
    }

    private Task<long> KeysAsync() => InKeysAsync("select (select count(*) from photo_keys) + (select count(*) from pupil_keys) + (select count(*) from publication_keys)");

    /// <summary>Adds as many and counts all.</summary>
    private async Task<long> KeysOfNobodyAsync(int more)
    {
        var keys = api.Records.Services.GetRequiredService<KeyStore>();
        for (var nth = 0; nth < more; nth++) await keys.CreatePhotoKeyAsync(school.Id, Guid.CreateVersion7(), default);
        await KeysAgeAsync();
        return await InKeysAsync($"select count(*) from photo_keys where photo_id <> '{photo}'");
    }

    private Task<long> KeysAgeAsync() => InKeysAsync("""
        with photos as (update photo_keys set created_at = created_at - interval '2 hours' returning 1),
        pupils as (update pupil_keys set created_at = created_at - interval '2 hours' returning 1),
        publications as (update publication_keys set created_at = created_at - interval '2 hours' returning 1)
        select count(*) from photos
        """);

    private async Task<long> InKeysAsync(string sql)
    {
        await using var keys = Npgsql.NpgsqlDataSource.Create(api.Records.Settings.Keys);
        await using var command = keys.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
