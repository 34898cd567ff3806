using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Tests.Models;

/// <summary>What must hold between a school's records and its model; the numbers are those of the project's list of invariants.</summary>
internal sealed class SchoolChecks(ModelHouse house)
{
    /// <summary>What was answered: refused where the policy refuses, done where it asks for it.</summary>
    /// <param name="stopped">A fault came in between: then nothing is known of the answer.</param>
    /// <param name="through">Done, or refused; null where it failed.</param>
    public static void AfterStep(Step step, bool stopped, bool? through, ModelSchool before, ModelSchool model, SchoolSeen seen, IReadOnlyDictionary<Role, Act> people)
    {
        if (stopped) return;
        Must(through is not null, "I5", $"{step} failed and nobody stopped it");
        var photo = PhotoOf(step, before);
        switch (step)
        {
            case Step.Say(var pupil, _, _, _, _):
                Must(through == !before.Pupils[pupil].Erased, "I3", $"an answer for pupil {pupil} was {Word(through)}");
                break;
            case Step.Publish(_, var channel):
                Must(through == (photo is not null && before.IsCleared(photo, channel, seen.Now)), "I23", $"publishing {photo} on {channel} was {Word(through)}");
                break;
            case Step.Pull(_, var channel):
                Must(through == (photo is not null && before.IsCleared(photo, channel, seen.Now) && seen.Has(photo.Id, ObjectKind.Web)), "I1", $"pulling {photo} on {channel} was {Word(through)}");
                break;
            case Step.Look:
                Must(through == (photo is not null && before.IsSeenByUploader(photo, seen.Now) && seen.Has(photo.Id, ObjectKind.Thumb)), "I1", $"looking at {photo} was {Word(through)}");
                break;
            case Step.Erase:
                Must(through == (photo is not null && before.IsSeenByUploader(photo, seen.Now)), "I12", $"asking for the erasure of {photo} was {Word(through)}");
                break;
            case Step.Upload:
                Must(through == before.Approved, "I5", $"an upload was {Word(through)}");
                break;
            case Step.UploadAgain(_, var screener) when photo is not null:
                Must(through == (screener && before.Approved && before.Photos.TrueForAll(other => other.Picture != photo.Picture || other.Tombstoned)), "I11",
                    $"the picture of {photo}, sent again, was {Word(through)}");
                break;
            case Step.Release(var number, var head):
                var holds = before.Photos.SelectMany(item => item.Holds).Where(hold => hold.ReleasedBy is null).ToList();
                if (holds.Count > 0)
                    Must(through == (holds[number % holds.Count].AskedBy != people[head ? Role.Head : Role.Safeguarding].By.StaffId), "I17", $"a release was {Word(through)}");
                break;
            case Step.Purge:
                var due = before.Photos.Count(item => !item.Tombstoned && item.Order is null && !item.Held && item.DeleteAfter <= seen.Now);
                var living = before.Photos.Count(item => !item.Gone);
                Must(through == true && model.Purges.Count == before.Purges.Count + 1 && model.Purges[^1].Stopped == due > Math.Max(1, living / 2), "I27",
                    $"a run with {due} due of {living} photos was {(model.Purges[^1].Stopped ? "stopped" : "let through")}");
                break;
            default:
                break;
        }
    }

    /// <summary>The model with what destroys: orders, tombstones, ends. Each is only taken over where a rule of the model allows it today.</summary>
    public static ModelSchool Adopted(Step step, ModelSchool model, SchoolSeen seen)
    {
        var orders = seen.Orders.ToDictionary(order => order.Photo);
        return model with { Photos = [.. model.Photos.Select(Adopt)] };

        ModelPhoto Adopt(ModelPhoto photo)
        {
            if (!orders.TryGetValue(photo.Id, out var order))
            {
                Must(photo.Order is null && !photo.Tombstoned, "I11", $"the order of {photo} is gone");
                Must(!seen.Tombstones.Contains(photo.Id), "I15", $"{photo} has a tombstone without an order");
                return photo;
            }
            var wanted = photo.Order;
            if (wanted is null)
            {
                var isRetention = order.Cause == RemovalCause.Retention && step is Step.Purge or Step.ApprovePurge && !photo.Held && photo.DeleteAfter <= seen.Now;
                Must(isRetention || model.DueCauses(photo).Any(cause => cause.Cause == order.Cause), "I15", $"nothing asks for the order {order} of {photo}");
                wanted = new(order.Cause, model.Now.Day);
            }
            Must(wanted.Cause == order.Cause, "I15", $"the order {order} of {photo} has another cause");
            var tombstoned = seen.Tombstones.Contains(photo.Id);
            Must(tombstoned == order.Tombstoned, "I11", $"tombstone and order of {photo} do not agree");
            Must(tombstoned || !photo.Tombstoned, "I11", $"the tombstone of {photo} was lifted");
            if (tombstoned && !photo.Tombstoned)
            {
                Must(!photo.Held, "I17", $"{photo} is held and was tombstoned");
                Must(wanted.NotBefore <= model.Now.Day, "I15", $"{photo} was tombstoned before its time");
            }
            var gone = seen.Certificates.Contains(photo.Id);
            Must(gone == order.Done && (gone || !photo.Gone) && (tombstoned || !gone), "I13", $"the certificate of {photo} does not agree with its order {order}");
            return photo with { Order = wanted, Tombstoned = tombstoned, Gone = gone };
        }
    }

    /// <summary>Everything that holds at every moment.</summary>
    public void MustMatch(Step step, bool stopped, bool? through, ModelSchool before, ModelSchool model, SchoolSeen seen)
    {
        Same("I12", "photos", model.Photos.Where(photo => !photo.Gone).Select(photo => photo.Id), seen.Photos.Keys);
        foreach (var channel in Channels.All)
        {
            Same("I1", $"photos cleared on {channel}", model.Photos.Where(photo => !photo.Gone && model.IsCleared(photo, channel, seen.Now)).Select(photo => photo.Id),
                seen.Standings.Values.Where(photo => photo.IsCleared(channel)).Select(photo => photo.Photo.Id));
        }
        foreach (var photo in model.Photos)
        {
            if (photo.Gone)
            {
                Must(!seen.Keys.Contains(photo.Id) && seen.Objects.All(item => item.Photo != photo.Id) && !Directory.Exists(FolderOf(photo.Id)), "I13", $"something is left of {photo}");
            }
            else
            {
                Must(seen.Photos[photo.Id] == photo.DeleteAfter, "I16", $"the end of {photo} was moved to {seen.Photos[photo.Id]:O}");
                Must(photo.Tombstoned || seen.Keys.Contains(photo.Id), "I15", $"the key of {photo} is gone");
                Must(photo.Tombstoned || seen.Has(photo.Id, ObjectKind.Original), "I15", $"the original of {photo} is gone");
                foreach (var hold in photo.Holds)
                {
                    Must(seen.Holds.TryGetValue(hold.Id, out var who) && who == (hold.AskedBy, hold.ReleasedBy), "I17", $"the hold {hold} of {photo} is written otherwise");
                    Must(hold.ReleasedBy is null || (hold.AskedBy is not null && hold.AskedBy != hold.ReleasedBy), "I17", $"one person alone released {hold}");
                }
            }
            Must(photo.Order is null || photo.Copies.TrueForAll(copy => copy.Down || seen.OpenCopies.ContainsKey(copy.Id)), "I21", $"a copy of {photo} stays where it is");
            Must(photo.Copies.TrueForAll(copy => !copy.Down || !seen.OpenCopies.ContainsKey(copy.Id)), "I22", $"a copy of {photo} is to be taken down twice");
        }
        if (stopped || through != true) return;
        var all = step is Step.Sweep;
        foreach (var photo in model.Photos.Where(photo => all || Follows(step, photo, before)))
        {
            // What had become due before an answer for one channel is for the sweep; the answer itself adds nothing to it.
            var was = all || Destroys(step) ? null : before.Photos.Find(item => item.Id == photo.Id);
            var due = model.DueCauses(photo).Except(was is null ? [] : before.DueCauses(was)).ToList();
            Must(photo.Order is not null || due.Count == 0, "I12", $"{photo} is not on its way out: {string.Join(", ", due)}");
            foreach (var copy in photo.Copies.Where(copy => !copy.Down && (all || Reaches(step, copy.Channel))))
            {
                var cleared = !photo.Gone && model.IsCleared(photo, copy.Channel, seen.Now);
                Must(seen.OpenCopies.ContainsKey(copy.Id) == !cleared, "I21", $"{copy} of {photo} is {(cleared ? "cleared" : "not cleared")}");
            }
        }
    }

    /// <summary>Nothing is left to do: records, keys and store know the same, and all that is due has ended.</summary>
    public async Task MustBeSettledAsync(Guid school, ModelSchool model, SchoolSeen seen)
    {
        foreach (var photo in model.Photos)
        {
            var over = !photo.Held && photo.Order is { } order && order.NotBefore <= model.Now.Day;
            Must(photo.Gone == (over || photo.Tombstoned), "I12", $"{photo} {(photo.Gone ? "is gone" : "lives on")}");
        }
        var living = model.Photos.Where(photo => !photo.Gone).Select(photo => photo.Id).ToList();
        Must(seen.Objects.All(item => item.Stored), "I18", "an object was never finished");
        Same("I18", "objects registered and stored", seen.Objects.Select(item => item.Name), model.Photos.SelectMany(photo => Files(photo.Id)));
        Same("I18", "photos and their keys", living, seen.Keys);
        var owners = await IdsAsync("select id from photos");
        Same("I18", "folders that no photo owns", [], Directory.GetDirectories(Path.Combine(Blobs, "photos")).Select(folder => Guid.Parse(Path.GetFileName(folder))).Except(owners));
        Same("I18", "pupils and their keys", await IdsAsync("select id from pupils where school_id = $1", school), await SchoolSeen.KeysAsync(house, school, "pupil"));
        // Where somebody took the bytes, a key is made only once somebody writes of it that it was taken down.
        var written = await SchoolSeen.KeysAsync(house, school, "publication");
        Same("I18", "disclosures without their key", [], (await IdsAsync("select id from publications where school_id = $1 and kind = 'manual'", school)).Except(written));
        Same("I18", "keys of no disclosure", [], written.Except(await IdsAsync("select id from publications where school_id = $1", school)));
        var (keys, store) = (house.Clean.Services.GetRequiredService<KeyStore>(), house.Clean.Services.GetRequiredService<IBlobStore>());
        foreach (var item in seen.Objects)
        {
            var key = await keys.OpenAsync(school, item.Photo);
            await using var plain = await Envelope.OpenReadAsync(await store.OpenAsync(item.Name), key!, item.Name);
            await plain.CopyToAsync(Stream.Null);
        }
        Same("I14", "things that happened twice", [], await IdsAsync("""
            select photo_id from audit_entries where school_id = $1 and event in ('photo.received', 'photo.tombstoned', 'photo.destroyed')
            group by event, photo_id having count(*) > 1
            """, school));
    }

    private string Blobs => house.Records.Settings.Blobs.Split(':', 2)[1];

    private string FolderOf(Guid photo) => Path.Combine(Blobs, "photos", photo.ToString());

    private IEnumerable<string> Files(Guid photo) => Directory.Exists(FolderOf(photo))
        ? Directory.GetFiles(FolderOf(photo), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Blobs, file))
        : [];

    /// <summary>Whether what follows for the photo follows in the step's own commit (law 3): an answer, a link, a release.</summary>
    private static bool Follows(Step step, ModelPhoto photo, ModelSchool before) => step switch
    {
        Step.Say(var pupil, _, _, _, _) => photo.Tags.ContainsKey(pupil),
        Step.Link => PhotoOf(step, before)?.Id == photo.Id,
        Step.Release => before.Photos.Find(was => was.Id == photo.Id)?.Held == true && !photo.Held,
        _ => false,
    };

    /// <summary>An answer for one channel alone destroys nothing.</summary>
    private static bool Destroys(Step step) => step is not Step.Say(_, _, not Channel.Internal, _, _);

    private static bool Reaches(Step step, Channel channel) => step is not Step.Say(_, _, var on, _, _) || on == Channel.Internal || on == channel;

    private static ModelPhoto? PhotoOf(Step step, ModelSchool model)
    {
        var number = step switch
        {
            Step.UploadAgain again => again.Photo,
            Step.Link link => link.Photo,
            Step.Publish publish => publish.Photo,
            Step.Pull pull => pull.Photo,
            Step.Look look => look.Photo,
            Step.Erase erase => erase.Photo,
            _ => -1,
        };
        return number < 0 || model.Photos.Count == 0 ? null : model.Photos[number % model.Photos.Count];
    }

    private async Task<List<Guid>> IdsAsync(string sql, params object[] parameters)
    {
        await using var command = house.Records.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.AddWithValue(parameter);
        await using var rows = await command.ExecuteReaderAsync();
        var ids = new List<Guid>();
        while (await rows.ReadAsync()) ids.Add(rows.GetGuid(0));
        return ids;
    }

    private static string Word(bool? through) => through == true ? "done" : "refused";

    private static void Same<T>(string invariant, string what, IEnumerable<T> model, IEnumerable<T> real)
    {
        var (one, other) = (model.ToHashSet(), real.ToHashSet());
        Must(one.SetEquals(other), invariant, $"{what}: only the model has [{string.Join(' ', one.Except(other))}], only the school [{string.Join(' ', other.Except(one))}]");
    }

    private static void Must(bool holds, string invariant, string sentence) => Assert.True(holds, $"{invariant}: {sentence}.");
}
