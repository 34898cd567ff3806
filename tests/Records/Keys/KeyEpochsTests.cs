using Npgsql;
using PhotoGuard.Records.Keys;
using PhotoGuard.Tests.Postgres;

namespace PhotoGuard.Tests.Records.Keys;

/// <summary>What is destroyed opens with nothing that is left; what lives opens with every mixture of old and new.</summary>
public sealed class KeyEpochsTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("photoguard-keys-").FullName;
    private readonly Guid school = Guid.NewGuid(), other = Guid.NewGuid();
    private NpgsqlDataSource database = null!;

    private RootKey Root => RootKey.LoadOrCreate(Path.Combine(folder, "root.key"));

    private KeyEpochs Epochs => new(database, Root);

    public async Task InitializeAsync()
    {
        database = NpgsqlDataSource.Create(await (await TestCluster.SharedAsync()).CreateDatabaseAsync());
        await Store().PrepareAsync();
        await Store().EnsureSchoolAsync(school);
        await Store().EnsureSchoolAsync(other);
    }

    public async Task DisposeAsync()
    {
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Living_keys_stay_what_they_are_for_processes_old_and_new()
    {
        var running = Store();
        var keys = new Dictionary<Guid, byte[]>();
        for (var photo = 0; photo < 30; photo++)
        {
            var id = Guid.NewGuid();
            keys[id] = await running.CreatePhotoKeyAsync(photo % 2 == 0 ? school : other, id);
        }
        var digests = await running.SchoolDigestKeyAsync(school);

        Assert.Equal(30, await Epochs.EndAsync(default));
        Assert.Equal(30, await Epochs.EndAsync(default));

        foreach (var store in (KeyStore[])[running, Store()])
        {
            foreach (var (photo, index) in keys.Keys.Select((photo, index) => (photo, index)))
                Assert.Equal(keys[photo], await store.OpenAsync(index % 2 == 0 ? school : other, photo));
            Assert.Equal(digests, await store.SchoolDigestKeyAsync(school));
            await store.CreatePhotoKeyAsync(school, Guid.NewGuid());
        }
    }

    [Fact]
    public async Task What_the_database_files_keep_of_a_destroyed_key_opens_with_nothing_that_is_left()
    {
        var (photo, kept) = (Guid.NewGuid(), Guid.NewGuid());
        await Store().CreatePhotoKeyAsync(school, photo);
        await Store().CreatePhotoKeyAsync(school, kept);
        // All that somebody with the disk could find of it, though it was deleted: the rows as they were.
        var remnant = await BytesAsync($"select wrapped from photo_keys where photo_id = '{photo}'");
        var schoolRemnant = await BytesAsync($"select wrapped from school_keys where school_id = '{school}'");
        Assert.True(Opens(), "the rows and the files of today open it");

        await Store().DestroyAsync(photo);
        Assert.True(Opens(), "deleting the row is not enough");
        await Epochs.EndAsync(default);

        Assert.False(Opens());
        Assert.NotNull(await Store().OpenAsync(school, kept));

        bool Opens() => KeyRemnants.Open(folder, Root, school, photo, schoolRemnant, remnant);
    }

    [Fact]
    public async Task The_old_secret_is_overwritten_before_it_is_deleted()
    {
        var path = Path.Combine(folder, "root.key.epoch-1");
        var secret = File.ReadAllBytes(path);
        // A second name of the same blocks shows what becomes of them.
        using (var link = System.Diagnostics.Process.Start("ln", [path, Path.Combine(folder, "blocks")])) await link.WaitForExitAsync();

        await Epochs.EndAsync(default);

        Assert.False(File.Exists(path));
        Assert.NotEqual(secret, File.ReadAllBytes(Path.Combine(folder, "blocks")));
    }

    [Fact]
    public async Task An_epoch_in_which_nothing_was_destroyed_goes_on()
    {
        await Store().CreatePhotoKeyAsync(school, Guid.NewGuid());
        await RunAsync("update current_epoch set began_at = now() - interval '30 days'");
        Assert.Null(await Epochs.EndIfDueAsync(default));
    }

    [Fact]
    public async Task One_destroyed_key_ends_it_by_the_next_night_and_many_at_once()
    {
        var photos = Enumerable.Range(0, KeyEpochs.MostDestroyed + 1).Select(_ => Guid.NewGuid()).ToList();
        foreach (var photo in photos) await Store().CreatePhotoKeyAsync(school, photo);

        await Store().DestroyAsync(photos[0]);
        await Store().DestroyAsync(photos[0]);
        Assert.Null(await Epochs.EndIfDueAsync(default));
        await RunAsync("update current_epoch set began_at = now() - interval '9 hours'");
        Assert.Equal(KeyEpochs.MostDestroyed, await Epochs.EndIfDueAsync(default));
        Assert.Null(await Epochs.EndIfDueAsync(default));

        foreach (var photo in photos.Skip(1)) await Store().DestroyAsync(photo);
        Assert.Equal(0, await Epochs.EndIfDueAsync(default));
    }

    [Theory]
    // The secret is made and nothing else; the epoch has begun; some schools have their keys; half of the keys are moved; all are.
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task An_end_that_was_cut_short_is_taken_up_and_loses_no_key(int steps)
    {
        var keys = new Dictionary<Guid, byte[]>();
        for (var photo = 0; photo < 10; photo++)
        {
            var id = Guid.NewGuid();
            keys[id] = await Store().CreatePhotoKeyAsync(school, id);
        }
        await CutShortAsync(steps);
        foreach (var (photo, key) in keys) Assert.Equal(key, await Store().OpenAsync(school, photo));
        var late = Guid.NewGuid();
        keys[late] = await Store().CreatePhotoKeyAsync(school, late);

        await Epochs.EndAsync(default);

        foreach (var (photo, key) in keys) Assert.Equal(key, await Store().OpenAsync(school, photo));
        var current = await NumberAsync("select epoch from current_epoch");
        Assert.Equal(0, await NumberAsync("select count(*)::int from school_keys, current_epoch as now where school_keys.epoch <> now.epoch"));
        Assert.Equal([$"root.key", $"root.key.epoch-{current}"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_row_that_was_changed_keeps_nobody_else_s_secret_alive()
    {
        var (changed, well) = (Guid.NewGuid(), Guid.NewGuid());
        await Store().CreatePhotoKeyAsync(school, changed);
        var key = await Store().CreatePhotoKeyAsync(school, well);
        await RunAsync($"update photo_keys set wrapped = set_byte(wrapped, 20, 255 - get_byte(wrapped, 20)) where photo_id = '{changed}'");

        await Epochs.EndAsync(default);

        Assert.False(File.Exists(Path.Combine(folder, "root.key.epoch-1")));
        Assert.Equal(key, await Store().OpenAsync(school, well));
        await Assert.ThrowsAsync<KeyStoreException>(() => Store().OpenAsync(school, changed));
    }

    [Fact]
    public async Task A_missing_secret_is_told_and_no_key_is_taken_for_destroyed()
    {
        var photo = Guid.NewGuid();
        var key = await Store().CreatePhotoKeyAsync(school, photo);
        var (path, away) = (Path.Combine(folder, "root.key.epoch-1"), Path.Combine(folder, "away"));
        File.Move(path, away);

        var error = await Assert.ThrowsAsync<KeyStoreException>(() => Store().OpenAsync(school, photo));
        Assert.Contains("epoch 1", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<KeyStoreException>(() => Epochs.EndAsync(default));

        File.Move(away, path);
        Assert.Equal(key, await Store().OpenAsync(school, photo));
    }

    [Fact]
    public async Task While_epochs_end_photos_are_taken_in_opened_and_destroyed_and_none_is_lost()
    {
        using var over = new CancellationTokenSource();
        var ending = Task.Run(async () =>
        {
            var ended = 0;
            while (!over.IsCancellationRequested)
                if (await Epochs.EndAsync(default) is not null) ended++;
            return ended;
        });

        var kept = await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            var (store, own) = (Store(), new Dictionary<Guid, byte[]>());
            for (var photo = 0; photo < 60; photo++)
            {
                var id = Guid.NewGuid();
                own[id] = await store.CreatePhotoKeyAsync(school, id);
                var any = own.ElementAt(photo / 2);
                Assert.Equal(any.Value, await store.OpenAsync(school, any.Key));
                if (photo % 3 != 0) continue;
                Assert.True(await store.DestroyAsync(id));
                Assert.Null(await store.OpenAsync(school, id));
                own.Remove(id);
            }
            return own;
        })));
        await over.CancelAsync();

        Assert.True(await ending > 1);
        foreach (var (photo, key) in kept.SelectMany(own => own)) Assert.Equal(key, await Store().OpenAsync(school, photo));
    }

    private KeyStore Store() => new(database, Root, TimeProvider.System);

    /// <summary>Goes as far as a process that dies after so many steps.</summary>
    private async Task CutShortAsync(int steps)
    {
        new EpochFiles(Root).Make(2);
        if (steps == 0) return;
        await RunAsync("update current_epoch set epoch = 2");
        if (steps == 1) return;
        var key = KeyWrap.Wrap(new EpochFiles(Root).WrappingKey(2), new byte[32], KeyStore.Whose(school));
        await using (var insert = database.CreateCommand("insert into school_keys (school_id, epoch, wrapped) values ($1, 2, $2)"))
        {
            insert.Parameters.AddWithValue(school);
            insert.Parameters.AddWithValue(key);
            await insert.ExecuteNonQueryAsync();
        }
        if (steps == 2) return;
        var oldWrapped = await BytesAsync($"select wrapped from school_keys where school_id = '{school}' and epoch = 1");
        var old = KeyWrap.Unwrap(new EpochFiles(Root).WrappingKey(1), oldWrapped, KeyStore.Whose(school))!;
        var limit = steps == 3 ? 5 : 100;
        List<(Guid Photo, byte[] Wrapped)> rows = [];
        await using (var select = database.CreateCommand($"select photo_id, wrapped from photo_keys where school_id = '{school}' limit {limit}"))
        await using (var reader = await select.ExecuteReaderAsync())
            while (await reader.ReadAsync()) rows.Add((reader.GetGuid(0), reader.GetFieldValue<byte[]>(1)));
        foreach (var (photo, wrapped) in rows)
        {
            await using var update = database.CreateCommand("update photo_keys set epoch = 2, wrapped = $1 where photo_id = $2");
            update.Parameters.AddWithValue(KeyWrap.Wrap(new byte[32], KeyWrap.Unwrap(old, wrapped, KeyStore.Whose(school, photo)), KeyStore.Whose(school, photo)));
            update.Parameters.AddWithValue(photo);
            await update.ExecuteNonQueryAsync();
        }
    }

    private async Task RunAsync(string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<byte[]> BytesAsync(string sql)
    {
        await using var command = database.CreateCommand(sql);
        return (byte[])(await command.ExecuteScalarAsync())!;
    }

    private async Task<int> NumberAsync(string sql)
    {
        await using var command = database.CreateCommand(sql);
        return (int)(await command.ExecuteScalarAsync())!;
    }
}
