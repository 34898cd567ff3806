using System.Text;
using Npgsql;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Keys;
using PhotoGuard.Tests.Postgres;

namespace PhotoGuard.Tests.Records.Keys;

/// <summary>What is written about one photo or pupil opens with that one's key, in its own place, and not at all once the key is destroyed.</summary>
public sealed class SealedTextTests : IAsyncLifetime
{
    private const string Words = "Zoë Ängström, 2013-06-15, by the wall\n“quoted”";

    private readonly string folder = Directory.CreateTempSubdirectory("photoguard-keys-").FullName;
    private readonly Guid school = Guid.NewGuid(), row = Guid.NewGuid();
    private NpgsqlDataSource database = null!;

    private RootKey Root => RootKey.LoadOrCreate(Path.Combine(folder, "root.key"));

    private KeyStore Keys => new(database, Root, TimeProvider.System);

    public async Task InitializeAsync()
    {
        database = NpgsqlDataSource.Create(await (await TestCluster.SharedAsync()).CreateDatabaseAsync());
        await Keys.PrepareAsync();
        await Keys.EnsureSchoolAsync(school);
    }

    public async Task DisposeAsync()
    {
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void It_opens_with_its_key_in_its_place_and_nowhere_else()
    {
        var key = TextKey.Of(new byte[32]);
        var kept = key.Seal(Words, "photos.alt", row).Kept!;
        Assert.Equal(Words, Opened(kept, key, "photos.alt", row));
        Assert.Null(Opened(kept, key, "concerns.note", row));
        Assert.Null(Opened(kept, key, "photos.alt", Guid.NewGuid()));
        Assert.Null(Opened(kept, TextKey.Of([1, .. new byte[31]]), "photos.alt", row));
        Assert.Null(Opened(kept, null, "photos.alt", row));
        for (var at = 0; at < kept.Length; at += 7)
        {
            var changed = kept.ToArray();
            changed[at] ^= 1;
            Assert.Null(Opened(changed, key, "photos.alt", row));
        }
        Assert.Null(Opened([0], key, "photos.alt", row));
        Assert.Equal(-1, kept.AsSpan().IndexOf("ngstr"u8));
    }

    [Fact]
    public void The_same_text_is_never_sealed_the_same_way_twice()
    {
        var key = TextKey.Of(new byte[32]);
        Assert.NotEqual(key.Seal(Words, "photos.alt", row).Kept, key.Seal(Words, "photos.alt", row).Kept);
    }

    [Fact]
    public void What_nobody_opened_says_nothing_and_what_is_imagined_is_not_kept()
    {
        var converter = new SealedText.Converter();
        var read = (SealedText)converter.ConvertFromProvider(TextKey.Of(new byte[32]).Seal(Words, "photos.alt", row).Kept)!;
        Assert.Throws<InvalidOperationException>(() => read.Text);
        Assert.DoesNotContain("Zo", $"{read}", StringComparison.Ordinal);
        Assert.Equal(Words, SealedText.Imagined(Words).Text);
        Assert.Throws<InvalidOperationException>(() => converter.ConvertToProvider(SealedText.Imagined(Words)));
    }

    [Fact]
    public async Task Objects_and_texts_of_a_photo_have_no_key_in_common()
    {
        var key = await Keys.CreatePhotoKeyAsync(school, row);
        var text = await Keys.TextAsync(school, row);
        Assert.NotEqual(key, text!.Bytes);
        using var encrypted = Envelope.Encrypt(Encoding.UTF8.GetBytes(Words), key, BlobName.Of(row, 1, "original"));
        using var other = Envelope.Encrypt(Encoding.UTF8.GetBytes(Words), text.Bytes, BlobName.Of(row, 1, "original"));
        Assert.NotEqual(encrypted.Memory.ToArray(), other.Memory.ToArray());
    }

    [Fact]
    public async Task A_page_of_photos_pupils_and_disclosures_is_opened_at_once_and_what_is_not_there_is_left_out()
    {
        var (photo, pupil, publication, destroyed, others) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var other = Guid.NewGuid();
        await Keys.EnsureSchoolAsync(other);
        await Keys.CreatePhotoKeyAsync(school, photo);
        await Keys.CreateAsync(KeyOf.Pupil, school, pupil);
        await Keys.CreateAsync(KeyOf.Publication, school, publication);
        await Keys.CreateAsync(KeyOf.Pupil, school, destroyed);
        await Keys.CreateAsync(KeyOf.Pupil, other, others);
        Assert.True(await Keys.DestroyAsync(KeyOf.Pupil, destroyed));
        Assert.False(await Keys.DestroyAsync(KeyOf.Pupil, destroyed));
        Assert.False(await Keys.ExistsAsync(KeyOf.Pupil, destroyed));

        var texts = await Keys.TextsAsync(school, [photo, pupil, publication, destroyed, others]);
        Assert.All([photo, pupil, publication], id => Assert.NotNull(texts[id]));
        Assert.All([destroyed, others], id => Assert.Null(texts[id]));
    }

    [Fact]
    public async Task Epochs_end_and_what_lives_still_opens_for_processes_old_and_new()
    {
        var running = Keys;
        Guid[] pupils = [.. Enumerable.Range(0, 12).Select(_ => Guid.NewGuid())];
        foreach (var pupil in pupils) await running.CreateAsync(pupil == pupils[0] ? KeyOf.Publication : KeyOf.Pupil, school, pupil);
        var before = await running.TextsAsync(school, pupils);
        var kept = pupils.ToDictionary(pupil => pupil, pupil => before[pupil]!.Seal($"{pupil}", "pupils.identity", pupil).Kept!);

        Assert.Equal(12, await new KeyEpochs(database, Root).EndAsync(default));

        foreach (var store in (KeyStore[])[running, Keys])
        {
            var texts = await store.TextsAsync(school, pupils);
            Assert.All(pupils, pupil => Assert.Equal($"{pupil}", Opened(kept[pupil], texts[pupil], "pupils.identity", pupil)));
        }
    }

    [Theory]
    [InlineData(KeyOf.Pupil)]
    [InlineData(KeyOf.Publication)]
    public async Task What_the_database_files_keep_of_a_destroyed_key_opens_with_nothing_that_is_left(KeyOf of)
    {
        await Keys.CreateAsync(of, school, row);
        var table = of == KeyOf.Pupil ? "pupil" : "publication";
        var remnant = await BytesAsync($"select wrapped from {table}_keys where {table}_id = '{row}'");
        var schoolRemnant = await BytesAsync($"select wrapped from school_keys where school_id = '{school}'");
        await Keys.DestroyAsync(of, row);
        Assert.True(Opens(), "deleting the row is not enough");
        await new KeyEpochs(database, Root).EndAsync(default);
        Assert.False(Opens());

        bool Opens() => KeyRemnants.Open(folder, Root, school, row, schoolRemnant, remnant);
    }

    private static string? Opened(byte[] kept, TextKey? key, string place, Guid row)
    {
        var text = (SealedText)new SealedText.Converter().ConvertFromProvider(kept)!;
        text.Open(key, place, row);
        return text.Text;
    }

    private async Task<byte[]> BytesAsync(string sql)
    {
        await using var command = database.CreateCommand(sql);
        return (byte[])(await command.ExecuteScalarAsync())!;
    }
}
