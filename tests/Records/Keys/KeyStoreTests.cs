using Npgsql;
using PhotoGuard.Records.Keys;
using PhotoGuard.Tests.Postgres;

namespace PhotoGuard.Tests.Records.Keys;

public sealed class KeyStoreTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("photoguard-keys-").FullName;
    private readonly Guid school = Guid.NewGuid();
    private readonly Guid photo = Guid.NewGuid();
    private NpgsqlDataSource? opened;
    private KeyStore? prepared;

    private NpgsqlDataSource Database => opened!;

    private KeyStore Keys => prepared!;

    public async Task InitializeAsync()
    {
        opened = NpgsqlDataSource.Create(await (await TestCluster.SharedAsync()).CreateDatabaseAsync());
        prepared = Store("root");
        await Keys.PrepareAsync();
        await Keys.EnsureSchoolAsync(school);
    }

    public async Task DisposeAsync()
    {
        await Database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_photo_s_key_is_the_same_for_every_process()
    {
        var key = await Keys.CreatePhotoKeyAsync(school, photo);
        Assert.Equal(32, key.Length);
        Assert.Equal(key, await Keys.OpenAsync(school, photo));
        Assert.Equal(key, await Store("root").OpenAsync(school, photo));
    }

    [Fact]
    public async Task Every_photo_has_its_own_key()
    {
        var first = await Keys.CreatePhotoKeyAsync(school, photo);
        Assert.NotEqual(first, await Keys.CreatePhotoKeyAsync(school, Guid.NewGuid()));
    }

    [Fact]
    public async Task A_photo_is_given_a_key_once()
    {
        var key = await Keys.CreatePhotoKeyAsync(school, photo);
        await Assert.ThrowsAsync<KeyStoreException>(() => Keys.CreatePhotoKeyAsync(school, photo));
        Assert.Equal(key, await Keys.OpenAsync(school, photo));
    }

    [Fact]
    public async Task A_destroyed_key_opens_nowhere_and_destroying_is_harmless_when_repeated()
    {
        await Keys.CreatePhotoKeyAsync(school, photo);
        Assert.True(await Keys.ExistsAsync(photo));
        Assert.True(await Keys.DestroyAsync(photo));
        Assert.False(await Keys.DestroyAsync(photo));
        Assert.False(await Keys.ExistsAsync(photo));
        Assert.Null(await Keys.OpenAsync(school, photo));
        Assert.Null(await Store("root").OpenAsync(school, photo));
    }

    [Fact]
    public async Task Keys_are_destroyed_together_and_one_that_is_just_wrapped_anew_is_waited_for_without_holding_the_others()
    {
        var photos = Enumerable.Range(0, 4).Select(_ => Guid.NewGuid()).ToList();
        foreach (var one in photos) await Keys.CreatePhotoKeyAsync(school, one);
        var kept = await Keys.CreatePhotoKeyAsync(school, photo);
        await using var epoch = await Database.OpenConnectionAsync();
        await using var moving = await epoch.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand($"select 1 from photo_keys where photo_id = '{photos[1]}' for update", epoch)) await hold.ExecuteScalarAsync();

        var destroying = Keys.DestroyAsync([.. photos, Guid.NewGuid()]);
        while ((await Keys.ExistingAsync(photos)).Count > 1) await Task.Yield();
        // What the end of an epoch locks next is free.
        await using (var next = new NpgsqlCommand($"select photo_id from photo_keys where photo_id = any($1) for update nowait", epoch) { Parameters = { new() { Value = photos.ToArray() } } })
            Assert.Equal(photos[1], await next.ExecuteScalarAsync());
        await moving.CommitAsync();
        Assert.Equal(4, await destroying);
        Assert.Empty(await Keys.ExistingAsync(photos));
        Assert.Equal(0, await Keys.DestroyAsync(photos));
        Assert.Equal(kept, await Keys.OpenAsync(school, photo));
    }

    [Fact]
    public async Task A_neighbour_s_key_outlives_a_destroyed_one()
    {
        var neighbour = Guid.NewGuid();
        var kept = await Keys.CreatePhotoKeyAsync(school, neighbour);
        await Keys.CreatePhotoKeyAsync(school, photo);
        await Keys.DestroyAsync(photo);
        Assert.Equal(kept, await Keys.OpenAsync(school, neighbour));
    }

    [Fact]
    public async Task Another_school_cannot_open_a_photo_s_key()
    {
        var other = Guid.NewGuid();
        await Keys.EnsureSchoolAsync(other);
        await Keys.CreatePhotoKeyAsync(school, photo);
        Assert.Null(await Keys.OpenAsync(other, photo));

        // Nor by a change of the row: the key is wrapped for its school and photo.
        await RunAsync($"update photo_keys set school_id = '{other}'");
        await Assert.ThrowsAsync<KeyStoreException>(() => Keys.OpenAsync(other, photo));
    }

    [Fact]
    public async Task A_key_moved_to_another_photo_does_not_open()
    {
        var other = Guid.NewGuid();
        await Keys.CreatePhotoKeyAsync(school, photo);
        await RunAsync($"update photo_keys set photo_id = '{other}'");
        await Assert.ThrowsAsync<KeyStoreException>(() => Keys.OpenAsync(school, other));
    }

    [Fact]
    public async Task A_wrong_root_key_is_told_at_the_start()
    {
        var error = await Assert.ThrowsAsync<KeyStoreException>(() => Store("another").PrepareAsync());
        Assert.Contains("another is not the root key", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_root_key_opens_no_photo_s_key()
    {
        await Keys.CreatePhotoKeyAsync(school, photo);
        await Assert.ThrowsAsync<KeyStoreException>(() => Store("another").OpenAsync(school, photo));
    }

    [Fact]
    public async Task Preparing_and_giving_a_school_its_key_again_changes_nothing()
    {
        var key = await Keys.CreatePhotoKeyAsync(school, photo);
        var again = Store("root");
        await again.PrepareAsync();
        await again.EnsureSchoolAsync(school);
        Assert.Equal(key, await again.OpenAsync(school, photo));
    }

    [Fact]
    public async Task A_school_without_a_key_is_told()
    {
        await Assert.ThrowsAsync<KeyStoreException>(() => Keys.CreatePhotoKeyAsync(Guid.NewGuid(), photo));
        Assert.Null(await Keys.OpenAsync(Guid.NewGuid(), photo));
    }

    [Fact]
    public async Task Digest_keys_of_schools_differ_and_last()
    {
        var other = Guid.NewGuid();
        await Keys.EnsureSchoolAsync(other);
        var key = await Keys.SchoolDigestKeyAsync(school);
        Assert.Equal(32, key.Length);
        Assert.Equal(key, await Store("root").SchoolDigestKeyAsync(school));
        Assert.NotEqual(key, await Keys.SchoolDigestKeyAsync(other));
    }

    [Fact]
    public async Task Keys_are_listed_oldest_first_in_pages_without_young_ones()
    {
        var photos = Enumerable.Range(0, 5).Select(_ => Guid.NewGuid()).ToList();
        foreach (var one in photos)
            await Keys.CreatePhotoKeyAsync(school, one);
        await RunAsync($"update photo_keys set created_at = now() - interval '2 hours' where photo_id <> '{photos[4]}'");
        await RunAsync($"update photo_keys set created_at = now() - interval '3 hours' where photo_id = '{photos[3]}'");

        var seen = new List<KeyEntry>();
        while (await Keys.ListAsync(KeyOf.Photo, DateTimeOffset.UtcNow.AddHours(-1), seen.LastOrDefault(), 3) is { Count: > 0 } page)
            seen.AddRange(page);
        Assert.Equal(photos[3], seen[0].Subject);
        Assert.Equal(photos[..4].Order(), seen.Select(entry => entry.Subject).Order());
        Assert.All(seen, entry => Assert.Equal(school, entry.School));
    }

    [Fact]
    public async Task A_created_key_survives_a_killed_server_and_a_destroyed_one_stays_destroyed()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var database = NpgsqlDataSource.Create(await cluster.CreateDatabaseAsync());
        var keys = new KeyStore(database, RootKey.LoadOrCreate(Path.Combine(folder, "root")), TimeProvider.System);
        await keys.PrepareAsync();
        await keys.EnsureSchoolAsync(school);
        var kept = await keys.CreatePhotoKeyAsync(school, photo);
        var destroyed = Guid.NewGuid();
        await keys.CreatePhotoKeyAsync(school, destroyed);
        await keys.DestroyAsync(destroyed);
        cluster.KillPostmaster();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => keys.OpenAsync(school, photo));
        await cluster.RestartAsync();
        Assert.Equal(kept, await keys.OpenAsync(school, photo));
        Assert.Null(await keys.OpenAsync(school, destroyed));
    }

    private KeyStore Store(string rootKey) =>
        new(Database, RootKey.LoadOrCreate(Path.Combine(folder, rootKey)), TimeProvider.System);

    private async Task RunAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
